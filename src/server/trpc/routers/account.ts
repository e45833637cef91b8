import {
  changePassword,
  changePasswordInputSchema,
  emailPreferencesViewSchema,
  getEmailPreferences,
  getMe,
  getSignInMethods,
  listSessions,
  listSessionsInputSchema,
  meViewSchema,
  passwordChangedViewSchema,
  revokedSessionsViewSchema,
  revokedSessionViewSchema,
  revokeOtherSessions,
  revokeSession,
  sessionIdInputSchema,
  sessionListViewSchema,
  signInMethodsViewSchema,
  updateEmailPreferences,
  updateEmailPreferencesInputSchema,
  updateProfile,
  updateProfileInputSchema,
} from "@agathaai/core/accounts";
import {
  orgViewSchema,
  renameOrganization,
  renameOrganizationInputSchema,
  storageViewSchema,
} from "@agathaai/core/orgs";
import { getStorage, updateStorage } from "@agathaai/core/retention";
import { z } from "zod";
import { meExample } from "../examples/examples";
import { unaudited, writes } from "../middleware/audited";
import { router, userProcedure } from "../trpc";

const tag = "Account";
const nothing = z.strictObject({}).optional();

const sessionExample = {
  id: "ses_01m844dwt2e1gtmcdh2rqzk2vh",
  kind: "portal",
  device: "Firefox on Windows",
  ip: "203.0.113.9",
  current: true,
  created_at: "2026-11-23T11:52:00.000Z",
  last_seen_at: "2026-11-23T11:52:00.000Z",
  ends_at: "2027-02-21T11:52:00.000Z",
};

const sessionsRouter = router({
  list: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "GET",
        path: "/api/v1/me/sessions",
        operationId: "listSessions",
        tag,
        summary: "List your sessions",
        description: "Lists your sessions in browsers and programs, newest sign-in first.",
        responses: {
          200: {
            name: "SessionList",
            description: "One page of sessions.",
            schema: sessionListViewSchema,
            example: { data: [sessionExample], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listSessionsInputSchema)
    .output(sessionListViewSchema)
    .query(({ ctx, input }) => listSessions(ctx.db, { ...ctx.principal, input })),

  revoke: userProcedure(writes("auth.session_revoked"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "DELETE",
        path: "/api/v1/me/sessions/{id}",
        operationId: "revokeSession",
        tag,
        summary: "Revoke a session",
        description:
          "Ends one of your sessions and its tokens. Takes effect everywhere within five seconds. Revoking it again changes nothing.",
        responses: {
          200: {
            name: "RevokedSession",
            description: "The revoked session.",
            schema: revokedSessionViewSchema,
            example: { id: sessionExample.id, object: "session", deleted: true, revoked: true },
          },
        },
        errors: [],
      },
    })
    .input(sessionIdInputSchema)
    .output(revokedSessionViewSchema)
    .mutation(({ ctx, input }) => revokeSession(ctx.db, { ...ctx.principal, ...input })),

  revokeOthers: userProcedure(writes("auth.session_revoked"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "POST",
        path: "/api/v1/auth/logout-others",
        operationId: "revokeOtherSessions",
        tag,
        summary: "Revoke all other sessions",
        description:
          "Ends all your other sessions. Takes effect everywhere within five seconds. API keys keep working.",
        responses: {
          200: {
            name: "RevokedSessions",
            description: "How many were revoked.",
            schema: revokedSessionsViewSchema,
            example: { revoked: 3 },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(revokedSessionsViewSchema)
    .mutation(({ ctx }) => revokeOtherSessions(ctx.db, ctx.principal)),
});

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

  renameOrganization: userProcedure(writes("org.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/organization",
        operationId: "renameOrganization",
        tag,
        summary: "Rename your organization",
        description:
          "Changes the name of the organization the access token works in. Owners and admins can do this.",
        responses: {
          200: {
            name: "Organization",
            description: "The renamed organization.",
            schema: orgViewSchema,
            example: meExample.organization,
          },
        },
        requestExample: { name: "Analytical Engines" },
        errors: [],
      },
    })
    .input(renameOrganizationInputSchema)
    .output(orgViewSchema)
    .mutation(({ ctx, input }) => renameOrganization(ctx.db, { ...ctx.principal, ...input })),

  storage: userProcedure(unaudited("settings"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/organization/storage",
        operationId: "getStorage",
        tag,
        summary: "Get what your organization stores",
        description: "Returns whether prompts and answers of calls under `/v1` are stored.",
        responses: {
          200: {
            name: "Storage",
            description: "The setting.",
            schema: storageViewSchema,
            example: { storage: "off" },
          },
        },
        errors: [],
      },
    })
    .input(nothing)
    .output(storageViewSchema)
    .query(({ ctx }) => getStorage(ctx.db, ctx.principal)),

  updateStorage: userProcedure(writes("org.updated"), "members:write")
    .meta({
      operation: {
        method: "PATCH",
        path: "/api/v1/organization/storage",
        operationId: "updateStorage",
        tag,
        summary: "Change what your organization stores",
        description:
          "Changes whether prompts and answers of calls under `/v1` are stored, for calls from now on (everywhere within five seconds). What is stored already stays until it is deleted; `forbidden` empties the response cache. Owners and admins can do this.",
        responses: {
          200: {
            name: "Storage",
            description: "The changed setting.",
            schema: storageViewSchema,
            example: { storage: "forbidden" },
          },
        },
        requestExample: { storage: "forbidden" },
        errors: ["conflict"],
      },
    })
    .input(storageViewSchema)
    .output(storageViewSchema)
    .mutation(({ ctx, input }) => updateStorage(ctx.db, { ...ctx.principal, ...input })),

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
