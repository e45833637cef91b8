import { listModels, modelIdInputSchema } from "@agathaai/core/models";
import { purgedCacheSchema, purgeResponseCache } from "@agathaai/core/response-cache";
import { z } from "zod";
import { callingKeySchema, getCallingKey } from "../../../gateway/views/calling-key";
import {
  getModelObject,
  listModelObjects,
  modelObjectListSchema,
  modelObjectSchema,
  toModelObject,
} from "../../../gateway/views/model-objects";
import { callingKeyExample, meExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { callerProcedure, router, scopedProcedure, userProcedure } from "../../trpc";
import { answerProcedures } from "./answers";
import { receiptProcedures } from "./receipts";

const tag = "OpenAI-compatible";
const [model] = listModels({ allowed: ["gpt-4o"] }).data.map(toModelObject);

/** The calls under `/v1` other than those that a model answers: what OpenAI's clients ask for, and our own. */
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

  ...answerProcedures,
  ...receiptProcedures,
});
