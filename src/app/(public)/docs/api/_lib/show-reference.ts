interface ApiDocument {
  paths: Record<string, unknown>;
  components: { securitySchemes: Record<string, unknown> };
}

/**
 * Renders the reference into a node. Calls go to this page's origin without cookies, so they run as the key and not as
 * the signed-in user; the content security policy allows no other origin.
 */
export async function showReference(node: HTMLElement, signal: AbortSignal): Promise<void> {
  const [document, { default: SwaggerUI }] = await Promise.all([
    fetchDocument(signal),
    import("swagger-ui-dist/swagger-ui-es-bundle.js"),
  ]);
  if (signal.aborted) return;
  await new Promise<void>((resolve) => {
    SwaggerUI({
      domNode: node,
      spec: forCustomers(document),
      presets: [SwaggerUI.presets.apis],
      layout: "BaseLayout",
      deepLinking: true,
      docExpansion: "list",
      defaultModelsExpandDepth: -1,
      defaultModelExpandDepth: 3,
      displayRequestDuration: true,
      persistAuthorization: false,
      validatorUrl: null,
      syntaxHighlight: { activated: false },
      requestInterceptor: (request) => ({ ...request, credentials: "omit" }),
      onComplete: resolve,
    });
  });
}

/** Leaves out the operator's metrics endpoint: readers of this page do not have its token. */
function forCustomers({ paths, components, ...document }: ApiDocument): object {
  const { "/api/metrics": _metrics, ...open } = paths;
  const { metricsToken: _token, ...securitySchemes } = components.securitySchemes;
  return {
    ...document,
    paths: open,
    components: { ...components, securitySchemes },
    servers: [{ url: window.location.origin }],
  };
}

async function fetchDocument(signal: AbortSignal): Promise<ApiDocument> {
  const response = await fetch("/api/openapi.json", { signal });
  if (!response.ok) throw new Error(`the document returned ${response.status}`);
  return (await response.json()) as ApiDocument;
}
