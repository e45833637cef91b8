import {
  accessReviewFile,
  accessReviewFileSchema,
  accessReviewSchema,
  reviewAccess,
} from "@agathaai/core/access-review";
import { z } from "zod";
import { accessReviewExample, accessReviewFileExample } from "../../examples/role-example";
import { writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Roles";
const path = "/api/v1/organization/access-review";
const nothing = z.strictObject({}).optional();

/** Who can do what, for whoever reviews it. */
export const accessReviewRouter = router({
  get: userProcedure(writes("data.access_reviewed"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path,
        operationId: "getAccessReview",
        tag,
        summary: "Review access",
        description:
          "Returns everyone and everything that can act in the organization now: members with role, permissions and second factor, API keys with their scopes and who answers for them, and connected apps; since when, and when last used.",
        responses: {
          200: {
            name: "AccessReview",
            description: "The review.",
            schema: accessReviewSchema,
            example: accessReviewExample,
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(accessReviewSchema)
    .query(({ ctx }) => reviewAccess(ctx.db, { principal: ctx.principal, format: "json" })),

  export: userProcedure(writes("data.access_reviewed"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: `${path}.csv`,
        operationId: "exportAccessReview",
        tag,
        summary: "Export the access review",
        description: "Returns the same as CSV (RFC 4180), one line per member, key and connection.",
        responses: {
          200: {
            name: "AccessReviewCsv",
            description: "The file.",
            mediaType: "text/csv",
            schema: z.string(),
            example: accessReviewFileExample,
          },
        },
        file: (output) => accessReviewFileSchema.parse(output),
        errors: [],
      },
    })
    .input(nothing)
    .output(accessReviewFileSchema)
    .query(({ ctx }) => accessReviewFile(ctx.db, { principal: ctx.principal })),
});
