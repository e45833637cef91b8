import type { ErrorCode } from "@agathaai/core/platform";
import { z } from "zod";
import { credentialErrors, limitHeaders, responseHeaders } from "./openapi-parts";

/** What the operations of the gateway share: the calls that are answered beside the procedures. */

/** What a model call is refused with, or fails with before its first byte. */
export const modelCallErrors = [
  ...credentialErrors,
  "model_not_allowed",
  "region_not_allowed",
  "provider_not_covered",
  "invalid_request",
  "invalid_json",
  "unknown_parameter",
  "unsupported_parameter",
  "context_length_exceeded",
  "content_filtered",
  "model_not_found",
  "payload_too_large",
  "unsupported_media_type",
  "idempotency_in_flight",
  "idempotency_mismatch",
  "conflict",
  "spend_cap_reached",
  "rate_limit_exceeded",
  "quota_exceeded",
  "provider_key_refused",
  "provider_key_limited",
  "internal_error",
  "provider_error",
  "provider_rejected",
  "model_unavailable",
  "provider_unavailable",
  "service_unavailable",
  "provider_timeout",
] as const satisfies readonly ErrorCode[];

export const callSecurity = [{ apiKey: [] }, { apiKeyHeader: [] }, { accessToken: [] }];

export const maxCostHeader = z.string().optional().meta({
  description: "Dollars: a request that could cost more is refused before it runs.",
  example: "0.05",
});

/** Request headers of a call whose answer is kept. */
export const keepHeaders = {
  "Idempotency-Key": z
    .string()
    .regex(/^[\x21-\x7e]{1,255}$/)
    .optional()
    .meta({
      description:
        "Your name for this call, best a fresh UUID. Sent again with the same body within 24 hours it returns the first answer, a stream too, and costs nothing; 409 while the first is running, 422 with another body. A call that ended without an answer and at no cost may be sent again. The call runs to its end when you hang up.",
      example: "7b7f5f4e-2f0f-4b0e-9a55-2f5f0f9d3c11",
    }),
  "x-agatha-resumable": z.enum(["true", "begun", "false"]).optional().meta({
    description:
      "`true`: the call runs to its end when you hang up, and its answer is kept for 24 hours, encrypted. `begun`: the same once its answer has begun; who hangs up before that ends it. `POST /v1/generations/{id}/cancel` ends it earlier.",
  }),
};

export const cacheHeader = z.string().optional().meta({
  description:
    "Uses your organization's response cache: `on` (an hour), or seconds up to 2592000 (30 days). `refresh` asks the model and replaces the stored answer; `no-store` or `off` leaves the cache out. Several are separated by commas. A stored answer is free and counts as a request.",
  example: "600",
});

/** Response headers of an answer. */
export const callHeaders = z.object({
  "x-request-id": responseHeaders["x-request-id"],
  ...limitHeaders,
  "x-agatha-id": z.string().meta({ description: "The call's ID, also where it failed." }),
  "x-agatha-idempotent-replay": z
    .literal("true")
    .optional()
    .meta({ description: "This is the first answer to the Idempotency-Key, again." }),
  "x-agatha-model": z.string().optional().meta({ description: "The model that answered." }),
  "x-agatha-notice": z
    .string()
    .optional()
    .meta({ description: "Why another model answered than the one asked for." }),
  "x-agatha-cache": z.enum(["hit", "miss", "off"]).optional().meta({
    description:
      "`hit`: a stored answer, at no cost. `miss`: the model answered, and the answer is stored. `off`: the call asked for the cache, and the organization’s storage is `forbidden`.",
  }),
  age: z.string().optional().meta({ description: "Of a stored answer, in seconds." }),
  "x-agatha-not-sent": z
    .string()
    .optional()
    .meta({ description: "Parameters that say who asks, for which this model's provider has no field." }),
});
