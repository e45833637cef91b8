import {
  getAvailableModel,
  listAvailableModels,
  listModels,
  listModelsInputSchema,
  modelIdInputSchema,
  modelListSchema,
  modelViewSchema,
} from "@agathaai/core/models";
import type { Principal } from "@agathaai/core/platform";
import { unaudited } from "../middleware/audited";
import { router, scopedProcedure } from "../trpc";

const tag = "Models";
const example = listModels({ allowed: ["gpt-4o"] });

export const modelsRouter = router({
  list: scopedProcedure(unaudited("public"), "models:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/models",
        operationId: "listModels",
        tag,
        summary: "List models",
        description:
          "Lists every model the caller can use, newest first, with its context window, capabilities and prices. A key restricted to certain models sees only those. `available` is false while a model is turned off, and where your organization’s data residency excludes it; `notice` says which.",
        responses: {
          200: {
            name: "ModelList",
            description: "One page of models.",
            schema: modelListSchema,
            example,
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listModelsInputSchema)
    .output(modelListSchema)
    .query(({ ctx, input }) =>
      listAvailableModels(ctx.db, { allowed: allowedTo(ctx.principal), bounds: ctx.principal, query: input }),
    ),

  get: scopedProcedure(unaudited("public"), "models:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/models/{id}",
        operationId: "getModel",
        tag,
        summary: "Get a model",
        description: "Returns one model by its ID.",
        responses: {
          200: {
            name: "Model",
            description: "The model.",
            schema: modelViewSchema,
            example: example.data[0],
          },
        },
        errors: ["model_not_found", "model_not_allowed"],
      },
    })
    .input(modelIdInputSchema)
    .output(modelViewSchema)
    .query(({ ctx, input }) =>
      getAvailableModel(ctx.db, { id: input.id, allowed: allowedTo(ctx.principal), bounds: ctx.principal }),
    ),
});

/** Empty means every model. */
function allowedTo(principal: Principal): readonly string[] {
  return principal.kind === "key" ? principal.models : [];
}
