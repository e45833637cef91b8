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
  "retry-after-ms",
  "x-should-retry",
  "www-authenticate",
  "preference-applied",
  "idempotent-replayed",
  "x-agatha-id",
  "x-agatha-cache",
  "age",
  "x-agatha-idempotent-replay",
  "x-agatha-model",
  "x-agatha-notice",
  "x-agatha-not-sent",
].join(", ");

/**
 * Cross-origin rules (Fetch standard), by hand: see ADR 31. A cookie counts from our own pages alone (ADR 45), so
 * `allow-credentials` is never sent; the allow-list keeps API keys out of other people's pages.
 */
export function corsHeaders(
  origin: string | undefined,
  path: string,
  { allowedOrigins, ownOrigin }: CorsPolicy,
): Record<string, string> {
  const everyone = openPaths.has(path) || allowedOrigins.includes("*");
  const vary = everyone ? undefined : { vary: "Origin" };
  if (origin === undefined) return { ...vary };
  if (!everyone && origin !== ownOrigin && !allowedOrigins.includes(origin)) return { ...vary };
  return {
    ...vary,
    "access-control-allow-origin": everyone ? "*" : origin,
    "access-control-expose-headers": exposedHeaders,
  };
}

const PREFLIGHT_SECONDS = 7_200;

/** Ours, and what OpenAI's SDK for JavaScript sends along, in a browser too. */
const allowedHeaders = [
  "authorization, content-type, x-api-key, idempotency-key, prefer, last-event-id",
  "x-agatha-fallback, x-agatha-cache, x-agatha-resumable, x-max-cost",
  "openai-organization, openai-project, openai-beta",
  ...["arch", "helper-method", "lang", "os", "package-version", "poll-helper", "retry-count", "runtime"].map(
    (name) => `x-stainless-${name}`,
  ),
  "x-stainless-runtime-version, x-stainless-timeout",
].join(", ");

/** The headers of a permitted preflight, in addition to the origin. */
export function preflightHeaders(methods: readonly string[]): Record<string, string> {
  return {
    "access-control-allow-methods": methods.join(", "),
    "access-control-allow-headers": allowedHeaders,
    "access-control-max-age": String(PREFLIGHT_SECONDS),
  };
}
