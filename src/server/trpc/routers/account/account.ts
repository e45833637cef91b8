import {
  changePassword,
  changePasswordInputSchema,
  emailPreferencesViewSchema,
  getEmailPreferences,
  getMe,
  getSignInMethods,
  meViewSchema,
  passwordChangedViewSchema,
  signInMethodsViewSchema,
  updateEmailPreferences,
  updateEmailPreferencesInputSchema,
  updateProfile,
  updateProfileInputSchema,
} from "@agathaai/core/accounts";
import { z } from "zod";
import { meExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";
import { organizationProcedures } from "./organization";
import { sessionsRouter } from "./sessions";

const tag = "Account";
const nothing = z.strictObject({}).optional();

export const accountRouter = router({
  me: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "GET",
        path: "/api/v1/me",
        operationId: "getMe",
        tag,
        summary: "Get the signed-in person",
        description: "Returns the person the access token belongs to, and the organization it works in.",
        responses: {
          200: { name: "Me", description: "The person.", schema: meViewSchema, example: meExample },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(meViewSchema)
    .query(({ ctx }) => getMe(ctx.db, ctx.principal)),

  updateProfile: userProcedure(writes("account.profile_updated"))
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/me",
        operationId: "updateMe",
        tag,
        summary: "Change your name",
        description: "Changes the name that members of your organizations see.",
        responses: {
          200: { name: "Me", description: "The updated person.", schema: meViewSchema, example: meExample },
        },
        requestExample: { name: "Ada Lovelace" },
        errors: [],
      },
    })
    .input(updateProfileInputSchema)
    .output(meViewSchema)
    .mutation(({ ctx, input }) => updateProfile(ctx.db, { ...ctx.principal, ...input })),

  changePassword: userProcedure(writes("auth.password_changed", "auth.login_failed"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/me/password",
        operationId: "changePassword",
        tag,
        summary: "Change your password",
        description:
          "Requires the current password. Ends every other session and notifies you by email. API keys keep working. An account without a password sets one with a password reset.",
        responses: {
          200: {
            name: "PasswordChanged",
            description: "Password changed.",
            schema: passwordChangedViewSchema,
            example: { password_changed: true },
          },
        },
        requestExample: {
          current_password: "correct horse battery staple",
          new_password: "a new and longer passphrase",
        },
        errors: ["invalid_login", "weak_password", "too_many_attempts"],
      },
    })
    .input(changePasswordInputSchema)
    .output(passwordChangedViewSchema)
    .mutation(({ ctx, input }) => changePassword(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  ...organizationProcedures,

  /** Only in the portal: whether to offer a password change, or a first password by email. */
  signInMethods: userProcedure(unaudited("own_account"))
    .meta({ withoutFactor: true })
    .input(nothing)
    .output(signInMethodsViewSchema)
    .query(({ ctx }) => getSignInMethods(ctx.db, ctx.principal)),

  /** Only in the portal: which kinds of email the person does not want. */
  emailPreferences: userProcedure(unaudited("own_account"))
    .input(nothing)
    .output(emailPreferencesViewSchema)
    .query(({ ctx }) => getEmailPreferences(ctx.db, ctx.principal)),

  updateEmailPreferences: userProcedure(writes("account.profile_updated"))
    .input(updateEmailPreferencesInputSchema)
    .output(emailPreferencesViewSchema)
    .mutation(({ ctx, input }) => updateEmailPreferences(ctx.db, { ...ctx.principal, ...input })),

  sessions: sessionsRouter,
});
