import type { ErrorCode } from "@agathaai/core/platform/errors";
import { z } from "zod";
import { credentialErrors, limitHeaders, responseHeaders } from "./openapi-parts";

/** What the operations of the gateway share: the calls that are answered beside the procedures. */

/** What a model call is refused with, or fails with before its first byte. */
export const modelCallErrors = [
  ...credentialErrors,
  "model_not_allowed",
  "invalid_request",
  "invalid_json",
  "unknown_parameter",
  "unsupported_parameter",
  "context_length_exceeded",
  "content_filtered",
  "model_not_found",
  "payload_too_large",
  "unsupported_media_type",
  "spend_cap_reached",
  "rate_limit_exceeded",
  "quota_exceeded",
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

/** Of an answer. */
export const callHeaders = z.object({
  "x-request-id": responseHeaders["x-request-id"],
  ...limitHeaders,
  "x-agatha-id": z.string().meta({ description: "The call's ID, also where it failed." }),
  "x-agatha-model": z.string().optional().meta({ description: "The model that answered." }),
  "x-agatha-notice": z
    .string()
    .optional()
    .meta({ description: "Why another model answered than the one asked for." }),
  "x-agatha-not-sent": z
    .string()
    .optional()
    .meta({ description: "Parameters that say who asks, for which this model's provider has no field." }),
});
