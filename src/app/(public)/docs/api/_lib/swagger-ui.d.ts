declare module "swagger-ui-dist/swagger-ui-es-bundle.js" {
  interface Options {
    domNode: HTMLElement;
    spec: object;
    presets: unknown[];
    layout: "BaseLayout";
    deepLinking: boolean;
    docExpansion: "list" | "full" | "none";
    defaultModelsExpandDepth: number;
    defaultModelExpandDepth: number;
    displayRequestDuration: boolean;
    persistAuthorization: boolean;
    validatorUrl: null;
    syntaxHighlight: { activated: boolean };
    requestInterceptor: (request: Record<string, unknown>) => Record<string, unknown>;
    onComplete: () => void;
  }
  const SwaggerUI: ((options: Options) => void) & { presets: { apis: unknown } };
  export default SwaggerUI;
}
