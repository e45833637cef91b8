import { getVisibility, updateVisibility, visibilityViewSchema } from "@agathaai/core/members";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Account";
const path = "/api/v1/organization/visibility";

export const visibilityRouter = router({
  get: userProcedure(unaudited("settings"), "members:read")
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getVisibility",
        tag,
        summary: "Get whose requests developers see",
        description: "Returns whether developers see everyone's requests and usage, or their own.",
        responses: {
          200: {
            name: "Visibility",
            description: "The setting.",
            schema: visibilityViewSchema,
            example: { developers_see: "own" },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(visibilityViewSchema)
    .query(({ ctx }) => getVisibility(ctx.db, ctx.principal)),

  update: userProcedure(writes("org.updated", "key.narrowed", "key.revoked"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path,
        operationId: "updateVisibility",
        tag,
        summary: "Change whose requests developers see",
        description:
          "Takes effect everywhere within five seconds. With `own`, a request of somebody else is `not_found` to a developer, and keys that developers created lose the scope `requests:read_all`.",
        responses: {
          200: {
            name: "Visibility",
            description: "The changed setting.",
            schema: visibilityViewSchema,
            example: { developers_see: "all" },
          },
        },
        requestExample: { developers_see: "all" },
        errors: [],
      },
    })
    .input(visibilityViewSchema)
    .output(visibilityViewSchema)
    .mutation(({ ctx, input }) => updateVisibility(ctx.db, { principal: ctx.principal, input })),
});
