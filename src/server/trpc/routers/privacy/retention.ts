import {
  getRetention,
  retentionViewSchema,
  updateRetention,
  updateRetentionInputSchema,
} from "@agathaai/core/retention";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const path = "/api/v1/organization/retention";
const example = { retention_days: 30, archive_days: 0 };

/** How long an organization's prompts and answers are kept. */
export const retentionRouter = router({
  get: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getRetention",
        tag,
        summary: "Get how long your organization’s requests are kept",
        description:
          "Returns for how many days prompts and answers stay in the history, and after that in the archive, where they are found by ID. Unless your organization chose less, 90 and 365.",
        responses: {
          200: { name: "Retention", description: "The setting.", schema: retentionViewSchema, example },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(retentionViewSchema)
    .query(({ ctx }) => getRetention(ctx.db, ctx.principal)),

  update: userProcedure(writes("org.updated"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PATCH",
        path,
        operationId: "updateRetention",
        tag,
        summary: "Change how long your organization’s requests are kept",
        description:
          "Changes the retention. What is older than the new period is deleted within 15 minutes, and cannot be restored. With `retention_days` 0, calls under `/v1` are not stored either. Owners can do this; periods shorter than 90 and 365 days depend on the plan.",
        responses: {
          200: {
            name: "Retention",
            description: "The changed setting.",
            schema: retentionViewSchema,
            example,
          },
        },
        requestExample: example,
        errors: ["plan_required", "conflict"],
      },
    })
    .input(updateRetentionInputSchema)
    .output(retentionViewSchema)
    .mutation(({ ctx, input }) => updateRetention(ctx.db, { principal: ctx.principal, input })),
});
