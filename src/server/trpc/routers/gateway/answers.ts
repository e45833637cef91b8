import { publicId, reachOf } from "@agathaai/core/platform";
import { z } from "zod";
import {
  awaitGenerationAnswer,
  generationAnswerSchema,
  stopGenerationAnswer,
} from "../../../gateway/views/generation-answer";
import { MAX_WAIT_SECONDS } from "../../../http/request/call-options";
import { traces } from "../../middleware/audited";
import { scopedProcedure } from "../../trpc";

const tag = "OpenAI-compatible";

const answerExample = {
  id: "inf_01m844dwt2emvr8rasx2tvmp16",
  object: "generation.answer",
  status: "completed",
  environment: "live",
  endpoint: "/v1/chat/completions",
  model: "gpt-4o",
  streamed: true,
  response: {
    id: "inf_01m844dwt2emvr8rasx2tvmp16",
    created: 1_795_435_197,
    model: "gpt-4o",
    object: "chat.completion",
    choices: [
      {
        index: 0,
        message: { role: "assistant", content: "Moss agate." },
        logprobs: null,
        finish_reason: "stop",
      },
    ],
  },
  cost_micros: 155,
  error: null,
  created_at: "2026-11-23T11:59:57.250Z",
  expires_at: "2026-11-24T11:59:57.250Z",
};

/** The answer of a call under `/v1` that can be read again, and the end of one that goes on without its connection. */
export const answerProcedures = {
  answer: scopedProcedure(
    traces("data.result_read", { target: "inference", shown: hasResponse }),
    "inference:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/v1/generations/{id}",
        operationId: "getGenerationAnswer",
        tag,
        summary: "Get the answer of a call",
        description:
          "The answer of a call that was sent with `x-agatha-resumable: true`, an `Idempotency-Key` or `store: true`, as it stands, for 24 hours. 202 with `retry-after` while it is running; with `wait=N` it first waits up to N seconds. Of a stream it has as much as came.",
        responses: {
          200: {
            name: "GenerationAnswer",
            description: "It has ended.",
            schema: generationAnswerSchema,
            example: answerExample,
          },
          202: {
            name: "GenerationAnswer",
            description: "It is running.",
            schema: generationAnswerSchema,
            example: { ...answerExample, status: "processing", response: null, cost_micros: null },
          },
        },
        status: (output) => (isProcessing(output) ? 202 : 200),
        retryAfter: (output) => (isProcessing(output) ? 1 : undefined),
        errors: ["invalid_id", "not_found"],
      },
    })
    .input(
      z.strictObject({
        id: publicId("inf"),
        wait: z.int().min(0).max(MAX_WAIT_SECONDS).default(0).meta({ description: "Seconds." }),
      }),
    )
    .output(generationAnswerSchema)
    .query(({ ctx, input }) =>
      awaitGenerationAnswer(
        ctx.db,
        { ...reachOf(ctx.principal), generationId: input.id },
        { seconds: input.wait, signal: ctx.signal, requestId: ctx.requestId },
      ),
    ),

  stop: scopedProcedure(traces("data.request_cancelled", { target: "inference" }), "inference:write")
    .meta({
      operation: {
        method: "POST",
        path: "/v1/generations/{id}/cancel",
        operationId: "cancelGeneration",
        tag,
        summary: "Stop a call",
        description:
          "Ends a call under `/v1` that goes on without its connection (`x-agatha-resumable`, `Idempotency-Key`), its provider's work included, and returns what came of it. What had been generated until then is billed, as if you had hung up. A call that has ended stays as it is; calling it again changes nothing.",
        responses: {
          200: {
            name: "GenerationAnswer",
            description:
              "As it stands after the call; `processing` where it could not be ended within five seconds.",
            schema: generationAnswerSchema,
            example: { ...answerExample, status: "cancelled" },
          },
        },
        errors: ["invalid_id", "not_found"],
      },
    })
    .input(z.strictObject({ id: publicId("inf") }))
    .output(generationAnswerSchema)
    .mutation(({ ctx, input }) =>
      stopGenerationAnswer(
        ctx.db,
        { ...reachOf(ctx.principal), generationId: input.id },
        { signal: ctx.signal, requestId: ctx.requestId },
      ),
    ),
};

function isProcessing(output: unknown): boolean {
  return (
    typeof output === "object" && output !== null && "status" in output && output.status === "processing"
  );
}

/** Asking for an answer that is not there yet shows none. */
function hasResponse(output: unknown): boolean {
  return typeof output === "object" && output !== null && "response" in output && output.response !== null;
}
