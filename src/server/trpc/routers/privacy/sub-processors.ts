import { getNotices, noticesSchema, updateNotices } from "@agathaai/core/sub-processors";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const path = "/api/v1/organization/sub-processor-notices";
const example = { subscribed: true };

/** Whether a member is told before sub-processors change. */
export const subProcessorsRouter = router({
  notices: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getSubProcessorNotices",
        tag,
        summary: "Get whether you are told of sub-processors",
        description: "Returns whether you are emailed 30 days before our sub-processors change.",
        responses: {
          200: {
            name: "SubProcessorNotices",
            description: "The setting.",
            schema: noticesSchema,
            example,
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(noticesSchema)
    .query(({ ctx }) => getNotices(ctx.db, ctx.principal)),

  updateNotices: userProcedure(writes("org.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path,
        operationId: "updateSubProcessorNotices",
        tag,
        summary: "Change whether you are told of sub-processors",
        description:
          "Turns on or off that you are emailed 30 days before our sub-processors change, on behalf of your organization. Owners and admins can do this.",
        responses: {
          200: {
            name: "SubProcessorNotices",
            description: "The changed setting.",
            schema: noticesSchema,
            example,
          },
        },
        requestExample: example,
        errors: [],
      },
    })
    .input(noticesSchema)
    .output(noticesSchema)
    .mutation(({ ctx, input }) => updateNotices(ctx.db, { principal: ctx.principal, input })),
});
