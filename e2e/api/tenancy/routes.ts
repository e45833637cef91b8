/** Documented routes that are no procedure: open to all, about no tenant. */
export const systemRoutes = [
  "/.well-known/oauth-authorization-server",
  "/.well-known/oauth-protected-resource",
  "/.well-known/openid-configuration",
  "/oauth/authorize",
  "/oauth/device_authorization",
  "/oauth/introspect",
  "/oauth/revoke",
  "/oauth/token",
  "/oauth/userinfo",
  "/.well-known/jwks.json",
  "/api/health",
  "/api/metrics",
  "/api/openapi.json",
  "/api/ready",
  "/api/status",
  "/api/status/feed",
  "/api/status/unsubscribe",
  "/api/webhooks/stripe",
] as const;

/** Answered beside the procedures, for callers with a scope; what it keeps apart is tested in `e2e/api/gateway`. */
export const gatewayPaths = [
  "/v1/chat/completions",
  "/v1/embeddings",
  "/v1/generations/{id}/stream",
] as const;
