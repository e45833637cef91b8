import type { ErrorCode } from "@agathaai/core/platform/errors";
import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { chatCompletionInputSchema } from "../../gateway/chat/chat-input";
import { limitHeaders, responseHeaders } from "./openapi-parts";

/** What a chat completion is refused with, or fails with before its first byte. */
export const chatCompletionErrors = [
  "missing_credentials",
  "invalid_api_key",
  "api_key_expired",
  "api_key_revoked",
  "invalid_access_token",
  "access_token_expired",
  "insufficient_scope",
  "insufficient_role",
  "ip_not_allowed",
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

const count = z.int().nonnegative();

const completionUsageSchema = z
  .looseObject({
    prompt_tokens: count,
    completion_tokens: count,
    total_tokens: count,
    cost: z.number().nonnegative().meta({ description: "Dollars, to the micro-dollar. 0 for a test key." }),
  })
  .meta({ id: "CompletionUsage" });

const completionSchema = z
  .looseObject({
    id: z.string().meta({ description: "`inf_…`: names the call in receipts and usage." }),
    object: z.literal("chat.completion"),
    created: count,
    model: z.string().meta({ description: "The model as requested." }),
    choices: z.array(
      z.looseObject({
        index: count,
        message: z.looseObject({ role: z.literal("assistant"), content: z.string().nullish() }),
        finish_reason: z.enum(["stop", "length", "tool_calls", "content_filter"]).nullable(),
      }),
    ),
    usage: completionUsageSchema.optional(),
  })
  .meta({ id: "ChatCompletion" });

const head = { id: "inf_01m844dwt2emvr8rasx2tvmp16", created: 1_795_435_197, model: "gpt-4o" };

const servedHeaders = {
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
};

/** Answered by the gateway, beside the procedures. `errors`: the answers to what is refused. */
export function describeChatCompletion(
  errors: NonNullable<ZodOpenApiOperationObject["responses"]>,
): ZodOpenApiOperationObject {
  return {
    operationId: "createChatCompletion",
    tags: ["OpenAI-compatible"],
    summary: "Create a chat completion",
    description:
      "OpenAI's Chat Completions for every model of the catalogue: OpenAI's SDKs work with this base URL and an API key of ours. What the model's provider cannot do is refused by name before it costs anything. A stream that breaks after its first byte ends with an `error` object and without `[DONE]`. Who hangs up ends the provider's work, and is billed for what was delivered.\n\nNeeds the scope `inference:write`.",
    security: [{ apiKey: [] }, { apiKeyHeader: [] }, { accessToken: [] }],
    requestParams: {
      header: z.object({
        "x-agatha-fallback": z.enum(["on", "off"]).optional().meta({
          description: "`off`: `models` is ignored, and the model asked for answers or none.",
        }),
        "x-max-cost": z.string().optional().meta({
          description: "Dollars: a request that could cost more is refused before it runs.",
          example: "0.05",
        }),
      }),
    },
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: chatCompletionInputSchema.meta({ id: "CreateChatCompletionRequest" }),
          example: {
            model: "gpt-4o",
            messages: [{ role: "user", content: "Name three kinds of agate." }],
            max_tokens: 200,
          },
        },
      },
    },
    responses: {
      200: {
        description: "The answer; with `stream: true` as server-sent events.",
        headers: z.object({
          "x-request-id": responseHeaders["x-request-id"],
          ...limitHeaders,
          ...servedHeaders,
        }),
        content: {
          "application/json": {
            schema: completionSchema,
            example: {
              ...head,
              object: "chat.completion",
              choices: [
                {
                  index: 0,
                  message: {
                    role: "assistant",
                    content: "Moss agate, fire agate and blue lace agate.",
                    refusal: null,
                  },
                  logprobs: null,
                  finish_reason: "stop",
                },
              ],
              usage: { prompt_tokens: 14, completion_tokens: 12, total_tokens: 26, cost: 0.000155 },
            },
          },
          "text/event-stream": {
            schema: z.string(),
            example: `data: ${JSON.stringify({
              ...head,
              object: "chat.completion.chunk",
              choices: [{ index: 0, delta: { content: "Moss" }, finish_reason: null }],
            })}\n\ndata: [DONE]\n\n`,
          },
        },
      },
      ...errors,
    },
  };
}
