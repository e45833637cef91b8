import type { Call } from "./call";

export interface CorsPolicy {
  /** Origins that browsers may call from; `*` allows every one. */
  allowedOrigins: readonly string[];
  /** The portal's own origin. */
  ownOrigin: string;
}

/** Documents without secrets, meant to be read from anywhere. */
const openPaths: ReadonlySet<string> = new Set([
  "/api/openapi.json",
  "/api/health",
  "/api/ready",
  "/.well-known/jwks.json",
]);

const exposedHeaders = [
  "x-request-id",
  "x-ratelimit-scope",
  "x-ratelimit-limit-requests",
  "x-ratelimit-remaining-requests",
  "x-ratelimit-reset-requests",
  "x-ratelimit-limit-tokens",
  "x-ratelimit-remaining-tokens",
  "x-ratelimit-reset-tokens",
  "retry-after",
  "x-should-retry",
  "preference-applied",
  "idempotent-replayed",
].join(", ");

/**
 * Cross-origin rules (Fetch standard), by hand: see ADR 31. API paths read no cookie, so `allow-credentials` is never sent;
 * the allow-list keeps API keys out of other people's pages.
 */
export function applyCors(call: Call, origin: string | undefined, path: string, policy: CorsPolicy): boolean {
  const everyone = openPaths.has(path) || policy.allowedOrigins.includes("*");
  if (!everyone) call.headers.append("vary", "Origin");
  if (origin === undefined) return false;
  if (!everyone && origin !== policy.ownOrigin && !policy.allowedOrigins.includes(origin)) return false;
  call.headers.set("access-control-allow-origin", everyone ? "*" : origin);
  call.headers.set("access-control-expose-headers", exposedHeaders);
  return true;
}

const PREFLIGHT_SECONDS = 7_200;

/** The headers of a permitted preflight, in addition to the origin. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": "authorization, content-type, x-api-key, idempotency-key, prefer",
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}
