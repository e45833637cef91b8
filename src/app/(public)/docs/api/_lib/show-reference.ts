interface ApiDocument {
  paths: Record<string, unknown>;
  components: { securitySchemes: Record<string, unknown> };
}

/**
 * Draws the reference into a node. Calls go to the origin this page came from, without its cookies: what is tried here
 * is tried as the key's owner, and the content policy lets it reach no other place.
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

/** Without the operator's own door: nobody who reads this has its token. */
function forCustomers({ paths, components, ...document }: ApiDocument): object {
  const { "/api/metrics": _door, ...open } = paths;
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
  if (!response.ok) throw new Error(`the document answered ${response.status}`);
  return (await response.json()) as ApiDocument;
}
