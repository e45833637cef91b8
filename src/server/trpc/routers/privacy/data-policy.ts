import {
  dataPolicyViewSchema,
  getDataPolicy,
  updateDataPolicy,
  updateDataPolicyInputSchema,
} from "@agathaai/core/data-policy";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const path = "/api/v1/organization/data-policy";
const example: z.input<typeof dataPolicyViewSchema> = { residency: "eu", providers_in_eu: ["openai"] };

/** Where an organization's prompts may go. */
export const dataPolicyRouter = router({
  get: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getDataPolicy",
        tag,
        summary: "Get where your organization’s prompts may go",
        description:
          "Returns the data residency of your organization, and the providers with an endpoint in the EU.",
        responses: {
          200: { name: "DataPolicy", description: "The setting.", schema: dataPolicyViewSchema, example },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(dataPolicyViewSchema)
    .query(({ ctx }) => getDataPolicy(ctx.db, ctx.principal)),

  update: userProcedure(writes("org.updated"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PATCH",
        path,
        operationId: "updateDataPolicy",
        tag,
        summary: "Change where your organization’s prompts may go",
        description:
          "With `residency` `eu`, prompts go to providers’ endpoints in the EU only, your own provider keys included. Models without one are refused with `region_not_allowed` before anything leaves, fallbacks and waiting requests included. Takes effect within 5 seconds. Owners can do this; `eu` depends on the plan.",
        responses: {
          200: {
            name: "DataPolicy",
            description: "The changed setting.",
            schema: dataPolicyViewSchema,
            example,
          },
        },
        requestExample: { residency: "eu" },
        errors: ["plan_required"],
      },
    })
    .input(updateDataPolicyInputSchema)
    .output(dataPolicyViewSchema)
    .mutation(({ ctx, input }) => updateDataPolicy(ctx.db, { principal: ctx.principal, input })),
});
