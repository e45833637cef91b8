import {
  createProofChallenge,
  loggedOutViewSchema,
  login,
  loginInputSchema,
  logout,
  logoutInputSchema,
  proofChallengeViewSchema,
  refreshInputSchema,
  refreshSession,
  registerInputSchema,
  registerUser,
  signedInViewSchema,
  signedUpViewSchema,
  signOutEverywhere,
  signUp,
  steppedUpViewSchema,
  stepUp,
  stepUpInputSchema,
} from "@agathaai/core/accounts";
import { z } from "zod";
import { signedInExample } from "../../examples/examples";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, userProcedure } from "../../trpc";
import { callerOf, tag } from "./auth-parts";

/** Signing up, in and out, and refreshing tokens. */
export const signInProcedures = {
  challenge: publicProcedure(unaudited("changes_nothing"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/auth/challenge",
        operationId: "getSignUpChallenge",
        tag,
        summary: "Get a challenge for signing up",
        description:
          "Returns a proof of work in ALTCHA's format. Where `required` is true, signing up takes its solution: the number below `maxnumber` whose digits, after `salt`, have the SHA-256 `challenge`. Send `{algorithm, challenge, number, salt, signature}` as base64 of JSON in `proof`. A challenge can be used once, for 20 minutes.",
        responses: {
          200: {
            name: "SignUpChallenge",
            description: "A new challenge.",
            schema: proofChallengeViewSchema,
            example: {
              required: true,
              algorithm: "SHA-256",
              challenge: "7f83b1657ff1fc53b92dc18148a1d65dfc2d4b1fa3d677284addd200126d9069",
              maxnumber: 131072,
              salt: "0f5c1d9e2b7a4c6d8e1f2a3b?expires=1795435920&max=131072",
              signature: "d7a8fbb307d7809469ca9abcb0082e4f8d5651e46d3cdb762d02d0bf37c9e592",
            },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(proofChallengeViewSchema)
    .query(() => createProofChallenge()),

  register: publicProcedure(writes("auth.registered"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/register",
        operationId: "register",
        tag,
        summary: "Sign up",
        description:
          "Creates an account with a personal organization on the Free plan, signs it in, and emails a verification link. Registering agrees to the terms of service, the privacy policy and the data processing agreement in force, which is recorded. The response is the same for an email that has an account: what is created then works like any unverified account and can never be verified, the existing account is not touched, and its owner is told by email.",
        responses: {
          201: {
            name: "SignedIn",
            description: "The new account, signed in.",
            schema: signedInViewSchema,
            example: signedInExample,
          },
        },
        requestExample: {
          email: "ada@example.com",
          password: "correct horse battery staple",
          name: "Ada Lovelace",
        },
        errors: ["weak_password", "proof_of_work_required", "too_many_attempts"],
      },
    })
    .input(registerInputSchema)
    .output(signedInViewSchema)
    .mutation(({ ctx, input }) => registerUser(ctx.db, { ...input, ...callerOf(ctx) })),

  /** Only in the portal: registers without a session, because the portal then signs in with its cookie. */
  signUp: publicProcedure(writes("auth.registered"))
    .input(registerInputSchema)
    .output(signedUpViewSchema)
    .mutation(({ ctx, input }) => signUp(ctx.db, { ...input, ...callerOf(ctx) })),

  login: publicProcedure(
    writes("auth.logged_in", "auth.login_failed", "auth.second_factor_failed", "auth.recovery_code_used"),
  )
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/login",
        operationId: "login",
        tag,
        summary: "Sign in",
        description:
          "Exchanges an email and password for an access token (15 minutes) and a refresh token. The response is the same whether the email or the password is wrong. An account with a second factor also needs `totp`: without it a right password gets `second_factor_required`.",
        responses: {
          200: {
            name: "SignedIn",
            description: "Signed in.",
            schema: signedInViewSchema,
            example: signedInExample,
          },
        },
        requestExample: { email: "ada@example.com", password: "correct horse battery staple" },
        errors: [
          "invalid_login",
          "second_factor_required",
          "second_factor_invalid",
          "suspended",
          "too_many_attempts",
        ],
      },
    })
    .input(loginInputSchema)
    .output(signedInViewSchema)
    .mutation(({ ctx, input }) => login(ctx.db, { ...input, ...callerOf(ctx) })),

  refresh: publicProcedure(writes("auth.refresh_token_reused"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/refresh",
        operationId: "refreshTokens",
        tag,
        summary: "Refresh tokens",
        description:
          "Exchanges a refresh token for new tokens. Each refresh token works once. If the response was lost, the same client (network block and User-Agent) may send the same token again within 30 seconds and gets the same new refresh token. Any other use of an old token ends its whole session, because someone else may have it. A session ends 30 days after its last refresh, and at the latest 90 days after sign-in (an operator's after 12 hours).",
        responses: {
          200: {
            name: "SignedIn",
            description: "New tokens.",
            schema: signedInViewSchema,
            example: signedInExample,
          },
        },
        requestExample: { refresh_token: "q83fK0l2…" },
        errors: ["invalid_refresh_token", "suspended"],
      },
    })
    .input(refreshInputSchema)
    .output(signedInViewSchema)
    .mutation(({ ctx, input }) => refreshSession(ctx.db, { ...input, ...callerOf(ctx) })),

  logout: publicProcedure(writes("auth.logged_out"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/logout",
        operationId: "logout",
        tag,
        summary: "Sign out",
        description:
          "Ends the session that the refresh token belongs to. An unknown token gets the same response.",
        responses: {
          200: {
            name: "LoggedOut",
            description: "Signed out.",
            schema: loggedOutViewSchema,
            example: { signed_out: true },
          },
        },
        requestExample: { refresh_token: "q83fK0l2…" },
        errors: [],
      },
    })
    .input(logoutInputSchema)
    .output(loggedOutViewSchema)
    .mutation(({ ctx, input }) => logout(ctx.db, input)),

  stepUp: userProcedure(writes("auth.stepped_up", "auth.login_failed", "auth.second_factor_failed"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "POST",
        path: "/api/v1/auth/step-up",
        operationId: "stepUp",
        tag,
        summary: "Confirm that it is you",
        description:
          "Calls that could take your account or organization away are refused with `step_up_required` unless you signed in, or made this call, in the last 10 minutes. Send `totp` if your account has a second factor, else `password`; then repeat the refused call. It counts for this session only, refreshed tokens included.",
        responses: {
          200: {
            name: "SteppedUp",
            description: "Confirmed.",
            schema: steppedUpViewSchema,
            example: { stepped_up_until: "2026-11-23T12:02:00.000Z" },
          },
        },
        requestExample: { totp: "492039" },
        errors: ["invalid_login", "second_factor_required", "second_factor_invalid", "too_many_attempts"],
      },
    })
    .input(stepUpInputSchema)
    .output(steppedUpViewSchema)
    .mutation(({ ctx, input }) => stepUp(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  signOutEverywhere: userProcedure(writes("auth.signed_out_everywhere"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "POST",
        path: "/api/v1/auth/logout-all",
        operationId: "signOutEverywhere",
        tag,
        summary: "Sign out everywhere",
        description: "Ends all your sessions, including this one. API keys keep working.",
        responses: {
          200: {
            name: "LoggedOut",
            description: "Signed out everywhere.",
            schema: loggedOutViewSchema,
            example: { signed_out: true },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(loggedOutViewSchema)
    .mutation(({ ctx }) => signOutEverywhere(ctx.db, { userId: ctx.principal.userId })),
};
