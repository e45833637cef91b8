import { proofSchema, proveLedgerRow } from "@agathaai/core/audit";
import { generationSchema, getGeneration } from "@agathaai/core/inference";
import { listModels, modelIdInputSchema } from "@agathaai/core/models";
import { publicId, reachOf } from "@agathaai/core/platform";
import { purgedCacheSchema, purgeResponseCache } from "@agathaai/core/response-cache";
import { z } from "zod";
import { callingKeySchema, getCallingKey } from "../../gateway/views/calling-key";
import {
  awaitGenerationAnswer,
  generationAnswerSchema,
  stopGenerationAnswer,
} from "../../gateway/views/generation-answer";
import {
  getModelObject,
  listModelObjects,
  modelObjectListSchema,
  modelObjectSchema,
  toModelObject,
} from "../../gateway/views/model-objects";
import { MAX_WAIT_SECONDS } from "../../http/request/call-options";
import { callingKeyExample, generationExample, meExample } from "../examples/examples";
import { generationProofExample } from "../examples/proof-example";
import { traces, unaudited, writes } from "../middleware/audited";
import { callerProcedure, router, scopedProcedure, userProcedure } from "../trpc";

const tag = "OpenAI-compatible";
const [model] = listModels({ allowed: ["gpt-4o"] }).data.map(toModelObject);

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

/** The calls under `/v1` other than completions: those that OpenAI's clients make, and two of ours. */
export const gatewayRouter = router({
  models: scopedProcedure(unaudited("public"), "models:read")
    .meta({
      operation: {
        method: "GET",
        path: "/v1/models",
        operationId: "listModelObjects",
        tag,
        summary: "List models as OpenAI does",
        description:
          "Every model this caller may use, in OpenAI's shape, with its context window, output limit, modalities and prices. A key restricted to some models sees only those. Parameters that clients add to the address are ignored.",
        responses: {
          200: {
            name: "ModelObjectList",
            description: "The models.",
            schema: modelObjectListSchema,
            example: { object: "list", data: [model] },
          },
        },
        errors: [],
      },
    })
    .input(z.object({}).optional())
    .output(modelObjectListSchema)
    .query(({ ctx }) => listModelObjects(ctx.db, { principal: ctx.principal })),

  model: scopedProcedure(unaudited("public"), "models:read")
    .meta({
      operation: {
        method: "GET",
        path: "/v1/models/{id}",
        operationId: "getModelObject",
        tag,
        summary: "Get a model as OpenAI does",
        description: "One model, by any name that requests may use.",
        responses: {
          200: { name: "ModelObject", description: "The model.", schema: modelObjectSchema, example: model },
        },
        errors: ["model_not_found", "model_not_allowed"],
      },
    })
    .input(modelIdInputSchema)
    .output(modelObjectSchema)
    .query(({ ctx, input }) => getModelObject(ctx.db, { principal: ctx.principal, id: input.id })),

  key: callerProcedure(unaudited("status_only"))
    .meta({
      operation: {
        method: "GET",
        path: "/v1/key",
        operationId: "getCallingKey",
        tag,
        summary: "Get the calling key",
        description:
          "The API key that makes this call: its limits, what is left of them, and what it has spent this month. For API keys alone.",
        responses: {
          200: {
            name: "CallingKey",
            description: "The key.",
            schema: callingKeySchema,
            example: callingKeyExample,
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(callingKeySchema)
    .query(({ ctx }) => getCallingKey(ctx.db, { principal: ctx.principal })),

  purgeCache: userProcedure(writes("data.cache_purged"), "history:write")
    .meta({
      operation: {
        method: "DELETE",
        path: "/api/v1/response-cache",
        operationId: "purgeResponseCache",
        tag,
        summary: "Empty the response cache",
        description:
          "Forgets every answer that requests of your organization stored with `x-agatha-cache`, live and test. Takes effect everywhere within five seconds.",
        responses: {
          200: {
            name: "PurgedResponseCache",
            description: "The cache is empty.",
            schema: purgedCacheSchema,
            example: { id: meExample.organization.id, object: "response_cache", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(purgedCacheSchema)
    .mutation(({ ctx }) => purgeResponseCache(ctx.db, { principal: ctx.principal })),

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

  generation: scopedProcedure(
    unaudited("status_only", { action: "data.request_read", target: "inference" }),
    "inference:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/v1/generation",
        operationId: "getGeneration",
        tag,
        summary: "Get a call's receipt",
        description:
          "What one call was billed and why, by the `id` of its answer: the model asked for and the one that answered, tokens by class, prices, cost and times. Also for requests of `POST /api/v1/inference`. A call that is still running is not found.",
        responses: {
          200: {
            name: "Generation",
            description: "The receipt.",
            schema: generationSchema,
            example: generationExample,
          },
        },
        errors: ["invalid_id", "not_found"],
      },
    })
    .input(z.strictObject({ id: publicId("inf") }))
    .output(generationSchema)
    .query(({ ctx, input }) => getGeneration(ctx.db, { ...reachOf(ctx.principal), requestId: input.id })),

  generationProof: scopedProcedure(
    unaudited("status_only", { action: "data.request_read", target: "inference" }),
    "inference:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/v1/generation/proof",
        operationId: "getGenerationProof",
        tag,
        summary: "Prove a call's receipt",
        description:
          "Proves that what a call was billed is in the organization's audit log as it was recorded: the ledger row, its path in the Merkle tree of its batch, the batch's signed root, and where the chain ends now. Anybody can check it without asking us. A call is in the log a second or two after its end.",
        responses: {
          200: {
            name: "GenerationProof",
            description: "The proof.",
            schema: proofSchema,
            example: generationProofExample,
          },
        },
        errors: ["invalid_id", "not_found", "conflict"],
      },
    })
    .input(z.strictObject({ id: publicId("inf") }))
    .output(proofSchema)
    .query(({ ctx, input }) => proveLedgerRow(ctx.db, { ...reachOf(ctx.principal), requestId: input.id })),
});

function isProcessing(output: unknown): boolean {
  return (
    typeof output === "object" && output !== null && "status" in output && output.status === "processing"
  );
}

/** Asking for an answer that is not there yet shows none. */
function hasResponse(output: unknown): boolean {
  return typeof output === "object" && output !== null && "response" in output && output.response !== null;
}
