import { z } from "zod";
import type { ZodOpenApiOperationObject } from "zod-openapi";
import { embeddingsInputSchema } from "../../gateway/embeddings/embeddings-input";
import { cacheHeader, callHeaders, callSecurity, keepHeaders, maxCostHeader } from "./gateway-parts";

const count = z.int().nonnegative();

const embeddingListSchema = z
  .strictObject({
    object: z.literal("list"),
    data: z.array(
      z.strictObject({
        object: z.literal("embedding"),
        index: count.meta({ description: "Of the input." }),
        embedding: z
          .union([z.array(z.number()), z.string()])
          .meta({ description: "A vector of length one; a string with `encoding_format: base64`." }),
      }),
    ),
    model: z.string().meta({ description: "The model as requested." }),
    usage: z
      .looseObject({
        prompt_tokens: count,
        total_tokens: count,
        cost: z
          .number()
          .nonnegative()
          .meta({ description: "Dollars, to the micro-dollar. 0 for a test key." }),
      })
      .optional(),
  })
  .meta({ id: "EmbeddingList" });

/** Answered by the gateway, beside the procedures. `errors`: the responses of refused calls. */
export function describeEmbeddings(
  errors: NonNullable<ZodOpenApiOperationObject["responses"]>,
): ZodOpenApiOperationObject {
  return {
    operationId: "createEmbeddings",
    tags: ["OpenAI-compatible"],
    summary: "Create embeddings",
    description:
      "OpenAI's Embeddings for every embedding model of the catalogue: one vector for each input, in the same order. Empty or too long inputs, too many of them, and dimensions that the model cannot make are refused by name before they cost anything. A call that ends before its answer costs nothing.\n\nNeeds the scope `inference:write`.",
    security: callSecurity,
    requestParams: {
      header: z.object({ "x-agatha-cache": cacheHeader, "x-max-cost": maxCostHeader, ...keepHeaders }),
    },
    requestBody: {
      required: true,
      content: {
        "application/json": {
          schema: embeddingsInputSchema.meta({ id: "CreateEmbeddingsRequest" }),
          example: {
            model: "text-embedding-3-small",
            input: ["Moss agate", "Fire agate"],
            dimensions: 3,
            encoding_format: "float",
          },
        },
      },
    },
    responses: {
      200: {
        description: "The vectors.",
        headers: callHeaders,
        content: {
          "application/json": {
            schema: embeddingListSchema,
            example: {
              object: "list",
              data: [
                { object: "embedding", index: 0, embedding: [0.48, -0.64, 0.6] },
                { object: "embedding", index: 1, embedding: [0.36, 0.48, -0.8] },
              ],
              model: "text-embedding-3-small",
              usage: { prompt_tokens: 6, total_tokens: 6, cost: 0 },
            },
          },
        },
      },
      ...errors,
    },
  };
}
