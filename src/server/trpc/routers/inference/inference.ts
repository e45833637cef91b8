import {
  acceptedViewSchema,
  awaitInferenceResult,
  cancelInference,
  getInferenceDetail,
  inferenceDetailSchema,
  inferenceInputSchema,
  quoteInference,
  quoteViewSchema,
  resultViewSchema,
  statusViewSchema,
} from "@agathaai/core/inference";
import { publicId, reachOf } from "@agathaai/core/platform";
import { z } from "zod";
import {
  acceptedExample,
  detailExample,
  inferenceRequestExample,
  quoteExample,
  resultExample,
  statusExample,
} from "../../examples/examples";
import { traces, unaudited } from "../../middleware/audited";
import { router, scopedProcedure } from "../../trpc";
import { statusCall, submitCall, withinFallback } from "./inference-calls";

const tag = "Inference";
const byId = z.strictObject({ id: publicId("inf") });

/** How long to wait before asking again for a result: most take a few seconds. */
const POLL_SECONDS = 1;

export const inferenceRouter = router({
  submit: scopedProcedure(unaudited("own_record"), "inference:write")
    .meta({
      rateLimit: "plan",
      operation: {
        method: "POST",
        path: "/api/v1/inference",
        operationId: "submitInference",
        tag,
        summary: "Submit a request to a model",
        description:
          "Accepts the request, holds its tokens and queues it. 202 means it will end exactly once. With `Prefer: wait=N` the call waits up to N seconds and returns 200 with the result if it is ready. `models` names others that may answer where the model asked for cannot; `x-agatha-fallback: off` leaves them out.",
        responses: {
          202: {
            name: "AcceptedInference",
            description: "Accepted. Poll `links.result`.",
            schema: acceptedViewSchema,
            example: acceptedExample,
          },
          200: {
            name: "InferenceResult",
            description: "Finished while waiting.",
            schema: resultViewSchema,
            example: resultExample,
          },
        },
        status: (output) => (isFinished(output) ? 200 : 202),
        retryAfter: (output) => (isFinished(output) ? undefined : POLL_SECONDS),
        requestExample: inferenceRequestExample,
        headers: ["Idempotency-Key", "Prefer", "x-agatha-fallback"],
        errors: [
          "model_not_found",
          "model_unavailable",
          "model_not_allowed",
          "region_not_allowed",
          "provider_not_covered",
          "context_length_exceeded",
          "unsupported_parameter",
          "idempotency_in_flight",
          "idempotency_mismatch",
          "quota_exceeded",
          "spend_cap_reached",
        ],
      },
    })
    .input(inferenceInputSchema)
    .output(z.union([resultViewSchema, acceptedViewSchema]))
    .mutation(({ ctx, input }) => submitCall(ctx, input)),

  quote: scopedProcedure(unaudited("changes_nothing"), "inference:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/inference/quote",
        operationId: "quoteInference",
        tag,
        summary: "Quote a request",
        description:
          "Takes the body of a request and returns what submitting it would hold in tokens and money, and whether it fits. Makes the same checks with the same errors; runs no model, costs nothing and does not count toward the requests per minute. A quote holds nothing: room that is there now may be taken a moment later.",
        responses: {
          200: {
            name: "InferenceQuote",
            description: "The quote.",
            schema: quoteViewSchema,
            example: quoteExample,
          },
        },
        requestExample: inferenceRequestExample,
        headers: ["x-agatha-fallback"],
        errors: [
          "model_not_found",
          "model_not_allowed",
          "region_not_allowed",
          "provider_not_covered",
          "context_length_exceeded",
          "unsupported_parameter",
        ],
      },
    })
    .input(inferenceInputSchema)
    .output(quoteViewSchema)
    .mutation(({ ctx, input }) =>
      quoteInference(ctx.db, { principal: ctx.principal, input: withinFallback(ctx, input) }),
    ),

  get: scopedProcedure(
    unaudited("status_only", { action: "data.request_read", target: "inference" }),
    "inference:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/inference/{id}",
        operationId: "getInference",
        tag,
        summary: "Get a request's status",
        description:
          "Returns the request's status: `queued`, `processing`, `completed`, `failed` or `cancelled`.",
        responses: {
          200: {
            name: "InferenceStatus",
            description: "The status.",
            schema: statusViewSchema,
            example: statusExample,
          },
        },
        errors: [],
      },
    })
    .input(byId)
    .output(statusViewSchema)
    .query(({ ctx, input }) => statusCall(ctx, input)),

  result: scopedProcedure(
    traces("data.result_read", { target: "inference", shown: holdsResult }),
    "inference:read",
  )
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/inference/{id}/result",
        operationId: "getInferenceResult",
        tag,
        summary: "Get a request's result",
        description:
          'Returns 202 with `retry-after` until the request has ended; with `Prefer: wait=N` it first waits up to N seconds. A failed request returns 200 with `status: "failed"` and its error.',
        responses: {
          200: {
            name: "InferenceResult",
            description: "Finished: completed, failed or canceled.",
            schema: resultViewSchema,
            example: resultExample,
          },
          202: {
            name: "InferenceResult",
            description: "Not finished yet.",
            schema: resultViewSchema,
            example: {
              ...resultExample,
              status: "processing",
              output: null,
              finish_reason: null,
              usage: null,
              cost_micros: null,
              completed_at: null,
            },
          },
        },
        status: (output) => (isFinished(output) ? 200 : 202),
        retryAfter: (output) => (isFinished(output) ? undefined : POLL_SECONDS),
        headers: ["Prefer"],
        errors: [],
      },
    })
    .input(byId)
    .output(resultViewSchema)
    .query(({ ctx, input }) =>
      awaitInferenceResult(
        ctx.db,
        { ...reachOf(ctx.principal), requestId: input.id },
        { seconds: ctx.waitSeconds, signal: ctx.signal },
      ),
    ),

  cancel: scopedProcedure(traces("data.request_cancelled", { target: "inference" }), "inference:write")
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/inference/{id}/cancel",
        operationId: "cancelInference",
        tag,
        summary: "Cancel a request",
        description:
          "Cancels a queued request at once and stops a running one within a second, the call to its provider included; its tokens are released and nothing is billed. A finished request cannot be canceled. Calling it again changes nothing.",
        responses: {
          200: {
            name: "InferenceStatus",
            description: "The status after the call.",
            schema: statusViewSchema,
            example: { ...statusExample, status: "cancelled", cancel_requested: true },
          },
        },
        errors: ["request_not_cancellable"],
      },
    })
    .input(byId)
    .output(statusViewSchema)
    .mutation(({ ctx, input }) =>
      cancelInference(ctx.db, { ...reachOf(ctx.principal), requestId: input.id }, { signal: ctx.signal }),
    ),

  detail: scopedProcedure(traces("data.request_read", { target: "inference" }), "history:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/history/{id}",
        operationId: "getHistory",
        tag: "History",
        summary: "Get a past request",
        description:
          "Returns everything about one request: its messages and parameters, its answer, its timeline and its receipt.",
        responses: {
          200: {
            name: "InferenceDetail",
            description: "The request.",
            schema: inferenceDetailSchema,
            example: detailExample,
          },
        },
        errors: [],
      },
    })
    .input(byId)
    .output(inferenceDetailSchema)
    .query(({ ctx, input }) =>
      getInferenceDetail(ctx.db, { ...reachOf(ctx.principal), requestId: input.id }),
    ),
});

const unfinishedSchema = z.object({ status: z.enum(["queued", "processing"]), output: z.null() });

/** Asking for a result that is not there yet shows none. */
function holdsResult(output: unknown): boolean {
  return !unfinishedSchema.safeParse(output).success;
}

function isFinished(output: unknown): boolean {
  const status =
    typeof output === "object" && output !== null && "status" in output ? output.status : undefined;
  return status === "completed" || status === "failed" || status === "cancelled";
}
