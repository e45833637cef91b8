import { proofSchema, proveLedgerRow } from "@agathaai/core/audit";
import { generationSchema, getGeneration } from "@agathaai/core/inference";
import { publicId, reachOf } from "@agathaai/core/platform";
import { z } from "zod";
import { generationExample } from "../../examples/examples";
import { generationProofExample } from "../../examples/proof-example";
import { unaudited } from "../../middleware/audited";
import { scopedProcedure } from "../../trpc";

const tag = "OpenAI-compatible";

/** What a call was billed, and the proof that it was recorded so. */
export const receiptProcedures = {
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
};
