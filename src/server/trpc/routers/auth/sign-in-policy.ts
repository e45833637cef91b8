import {
  getSignInPolicy,
  signInPolicyViewSchema,
  updateSignInPolicy,
  updateSignInPolicyInputSchema,
} from "@agathaai/core/members";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Account";
const path = "/api/v1/organization/sign-in-policy";

export const signInPolicyRouter = router({
  get: userProcedure(unaudited("settings"), "members:read")
    .meta({
      operation: {
        method: "GET",
        path,
        operationId: "getSignInPolicy",
        tag,
        summary: "Get your organization's sign-in policy",
        description:
          "Returns whether members need a second factor to work in the organization, and how many have none.",
        responses: {
          200: {
            name: "SignInPolicy",
            description: "The policy.",
            schema: signInPolicyViewSchema,
            example: { second_factor: "optional", members_without_factor: 2 },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(signInPolicyViewSchema)
    .query(({ ctx }) => getSignInPolicy(ctx.db, ctx.principal)),

  update: userProcedure(writes("org.updated"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PATCH",
        path,
        operationId: "updateSignInPolicy",
        tag,
        summary: "Require a second factor",
        description:
          "With `required`, members without a second factor, and apps they connected, are refused with `second_factor_enrollment_required` until they add one, everywhere within five seconds. API keys keep working. Owners and admins can do this, and need a second factor themselves.",
        responses: {
          200: {
            name: "SignInPolicy",
            description: "The changed policy.",
            schema: signInPolicyViewSchema,
            example: { second_factor: "required", members_without_factor: 2 },
          },
        },
        requestExample: { second_factor: "required" },
        errors: ["second_factor_enrollment_required"],
      },
    })
    .input(updateSignInPolicyInputSchema)
    .output(signInPolicyViewSchema)
    .mutation(({ ctx, input }) => updateSignInPolicy(ctx.db, { ...ctx.principal, ...input })),
});
