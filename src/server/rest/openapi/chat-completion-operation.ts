import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { chatCompletionInputSchema } from "../../gateway/chat/chat-input";
import { cacheHeader, callHeaders, callSecurity, keepHeaders, maxCostHeader } from "./gateway-parts";

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

/** Answered by the gateway, beside the procedures. `errors`: the responses of refused calls. */
export function describeChatCompletion(
  errors: NonNullable<ZodOpenApiOperationObject["responses"]>,
): ZodOpenApiOperationObject {
  return {
    operationId: "createChatCompletion",
    tags: ["OpenAI-compatible"],
    summary: "Create a chat completion",
    description:
      "OpenAI's Chat Completions for every model of the catalogue: OpenAI's SDKs work with this base URL and an API key of ours. What the model's provider cannot do is refused by name before it costs anything. A stream that breaks after its first byte ends with an `error` object and without `[DONE]`. Who hangs up ends the provider's work, and is billed for what was delivered.\n\nNeeds the scope `inference:write`.",
    security: callSecurity,
    requestParams: {
      header: z.object({
        "x-agatha-fallback": z.enum(["on", "off"]).optional().meta({
          description: "`off`: `models` is ignored, and the model asked for answers or none.",
        }),
        "x-agatha-cache": cacheHeader,
        "x-max-cost": maxCostHeader,
        ...keepHeaders,
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
        headers: callHeaders,
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
