import { listAvailableModels, listModels, modelListSchema } from "@agathaai/core/models";
import { z } from "zod";
import { unaudited } from "../audited";
import { router, scopedProcedure } from "../trpc";

export const modelsRouter = router({
  list: scopedProcedure(unaudited("public"), "models:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/models",
        operationId: "listModels",
        tag: "Models",
        summary: "List models",
        description:
          "Every model this caller may use, with its context window, capabilities and prices. A key restricted to some models sees those alone. `available` is false while a model is switched off.",
        answers: {
          200: {
            name: "ModelList",
            description: "The catalogue.",
            schema: modelListSchema,
            example: listModels({ allowed: ["gpt-4o"] }),
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(modelListSchema)
    .query(({ ctx }) =>
      listAvailableModels(ctx.db, { allowed: ctx.principal.kind === "key" ? ctx.principal.models : [] }),
    ),
});
