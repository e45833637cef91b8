import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { callHeaders, callSecurity } from "./gateway-parts";

/** Answered by the gateway, beside the procedures. `errors`: the responses of refused calls. */
export function describeGenerationStream(
  errors: NonNullable<ZodOpenApiOperationObject["responses"]>,
): ZodOpenApiOperationObject {
  return {
    operationId: "streamGeneration",
    tags: ["OpenAI-compatible"],
    summary: "Read a stream again",
    description:
      "The events of a streamed completion that was sent with `x-agatha-resumable: true` or an `Idempotency-Key`, from the one after `Last-Event-ID`, those still to come included, and its end. Any number of readers, on any server. Where the server that made it has died: what had come, then an `error` object and no `[DONE]`.\n\nNeeds the scope `inference:read`.",
    security: callSecurity,
    requestParams: {
      path: z.object({
        id: z
          .string()
          .meta({ description: "`x-agatha-id` of the call.", example: "inf_01m844dwt2emvr8rasx2tvmp16" }),
      }),
      header: z.object({
        "Last-Event-ID": z
          .string()
          .regex(/^\d{1,9}$/)
          .optional()
          .meta({
            description: "The `id` of the last event that you have. Without it, all of them.",
            example: "42",
          }),
      }),
    },
    responses: {
      200: {
        description: "The events, numbered.",
        headers: callHeaders,
        content: {
          "text/event-stream": {
            schema: z.string(),
            example: `id: 43\ndata: ${JSON.stringify({
              id: "inf_01m844dwt2emvr8rasx2tvmp16",
              created: 1_795_435_197,
              model: "gpt-4o",
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
