import type { ErrorCode } from "@agathaai/core/platform";
import { apiErrorSchema } from "@agathaai/core/platform/schemas/api-error";
import { z } from "zod";
import type { ZodOpenApiSecuritySchemeObject } from "zod-openapi";
import { MAX_WAIT_SECONDS } from "../../http/request/call-options";
import { limitNames } from "../../trpc/middleware/rate-limit-headers";

/** The body of every error. */
export const errorSchema = z.strictObject({ error: apiErrorSchema });

const count = (description: string) => z.int().nonnegative().meta({ description });

/** Makes each header a named component: most responses carry the same dozen. */
function components<Headers extends Record<string, z.ZodType>>(headers: Headers): Headers {
  for (const [id, schema] of Object.entries(headers)) {
    z.globalRegistry.add(schema, { ...z.globalRegistry.get(schema), header: { id } });
  }
  return headers;
}

/** On every response to a known caller; without a token limit the token headers are absent. */
export const limitHeaders = components({
  "x-ratelimit-scope": z.enum(limitNames).optional().meta({
    description:
      "Which limit the next three headers describe: of those that apply to the caller, the one with the least left. `key`: the API key's own; `plan`: the organization's; `control`: calls that run no model; `costly`: the expensive ones among them; `address`: calls without credentials, per IP address.",
  }),
  "x-ratelimit-limit-requests": count("Requests per minute.").optional(),
  "x-ratelimit-remaining-requests": count("How many of these are left.").optional(),
  "x-ratelimit-reset-requests": count("Seconds until all are back.").optional(),
  "x-ratelimit-limit-tokens": count(
    "Tokens of the billing period; on Free, of the calendar month (UTC).",
  ).optional(),
  "x-ratelimit-remaining-tokens": count("Tokens left, minus tokens held.").optional(),
  "x-ratelimit-reset-tokens": count("Seconds until the tokens reset.").optional(),
});

export const responseHeaders = components({
  "x-request-id": z.string().meta({ description: "The ID of this call, also in errors and our logs." }),
  "retry-after": count("Seconds to wait before the next call."),
  "retry-after-ms": count("The same in milliseconds.").optional(),
  "preference-applied": z.string().optional().meta({
    description: "The wait used: `wait=30`. Absent without a valid `Prefer`.",
  }),
  "idempotent-replayed": z.literal("true").optional().meta({
    description: "Present when this is the first response to the same `Idempotency-Key`, returned again.",
  }),
  "x-agatha-not-sent": z.string().optional().meta({
    description:
      "Fields of the request that were taken and that the model asked for is not told, such as `user`. They change nothing of its meaning.",
  }),
  "x-should-retry": z.literal("false").optional().meta({
    description: "Present when repeating the same call cannot help; OpenAI's SDKs obey it.",
  }),
});

export const requestHeaders = {
  "Idempotency-Key": z.string().min(1).max(255).optional().meta({
    description:
      "A random string, new for each request you mean to send. The same key with the same body returns the first response again; with a different body, 422; while the first call is in progress, 409. Kept for 24 hours.",
    example: "6f1c0e0e-8f0b-4f0e-9d0a-2b1f6f0b7a11",
  }),
  Prefer: z
    .string()
    .optional()
    .meta({
      description: `\`wait=N\` (RFC 7240): waits up to N seconds for the result; more than ${MAX_WAIT_SECONDS} counts as ${MAX_WAIT_SECONDS}. \`preference-applied\` states the wait used.`,
      example: "wait=30",
    }),
  "x-agatha-fallback": z.enum(["on", "off"]).optional().meta({
    description: "`off`: the model asked for answers, or none; `models` is not used.",
  }),
};

export const securitySchemes: Record<string, ZodOpenApiSecuritySchemeObject> = {
  apiKey: { type: "http", scheme: "bearer", description: "An API key: `agt_live_…` or `agt_test_…`." },
  apiKeyHeader: {
    type: "apiKey",
    in: "header",
    name: "x-api-key",
    description: "The same API key, in its own header.",
  },
  accessToken: {
    type: "http",
    scheme: "bearer",
    bearerFormat: "JWT",
    description:
      "A person's access token from sign-in, or an app's or a service account's from `/oauth/token`: RS256, 15 minutes, keys at `/.well-known/jwks.json`.",
  },
  clientSecret: {
    type: "http",
    scheme: "basic",
    description: "The ID and secret of an app or service account.",
  },
  metricsToken: { type: "http", scheme: "bearer", description: "The installation's token for metrics." },
};

/** What a call that needs a caller may be refused with. */
export const credentialErrors = [
  "missing_credentials",
  "invalid_api_key",
  "api_key_expired",
  "api_key_revoked",
  "invalid_access_token",
  "access_token_expired",
  "insufficient_scope",
  "insufficient_role",
  "ip_not_allowed",
  "suspended",
  "wrong_region",
] as const satisfies readonly ErrorCode[];
