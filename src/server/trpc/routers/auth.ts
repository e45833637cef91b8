import {
  emailVerifiedViewSchema,
  getVerification,
  loggedOutViewSchema,
  login,
  loginInputSchema,
  logout,
  logoutInputSchema,
  passwordChangedViewSchema,
  refreshInputSchema,
  refreshSession,
  registerInputSchema,
  registerUser,
  requestPasswordReset,
  requestPasswordResetInputSchema,
  resendVerification,
  resetPassword,
  resetPasswordInputSchema,
  resetRequestedViewSchema,
  signedInViewSchema,
  signedUpViewSchema,
  signOutEverywhere,
  signUp,
  verificationInputSchema,
  verificationSentViewSchema,
  verificationViewSchema,
  verifyEmail,
  verifyEmailInputSchema,
} from "@agathaai/core/accounts";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import { z } from "zod";
import { verifyEmailAndSignIn } from "../../auth/verify-email-and-sign-in";
import type { Context } from "../context";
import { signedInExample } from "../examples/examples";
import { unaudited, writes } from "../middleware/audited";
import { publicProcedure, router, userProcedure } from "../trpc";

const tag = "Authentication";

export const authRouter = router({
  register: publicProcedure(writes("auth.registered"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/register",
        operationId: "register",
        tag,
        summary: "Sign up",
        description:
          "Creates an account with a personal organization on the Free plan, signs it in, and emails a verification link.",
        answers: {
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
        errors: ["weak_password", "email_taken", "too_many_attempts"],
      },
    })
    .input(registerInputSchema)
    .output(signedInViewSchema)
    .mutation(({ ctx, input }) => registerUser(ctx.db, { ...input, ...callerOf(ctx) })),

  /** The portal's registration: it signs in by its own cookie afterwards, so this opens no session. */
  signUp: publicProcedure(writes("auth.registered"))
    .input(registerInputSchema)
    .output(signedUpViewSchema)
    .mutation(({ ctx, input }) => signUp(ctx.db, { ...input, ...callerOf(ctx) })),

  login: publicProcedure(writes("auth.logged_in", "auth.login_failed"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/login",
        operationId: "login",
        tag,
        summary: "Sign in",
        description:
          "Exchanges an email and password for an access token (15 minutes) and a refresh token. The response is the same whether the email or the password is wrong.",
        answers: {
          200: {
            name: "SignedIn",
            description: "Signed in.",
            schema: signedInViewSchema,
            example: signedInExample,
          },
        },
        requestExample: { email: "ada@example.com", password: "correct horse battery staple" },
        errors: ["invalid_login", "too_many_attempts"],
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
        answers: {
          200: {
            name: "SignedIn",
            description: "New tokens.",
            schema: signedInViewSchema,
            example: signedInExample,
          },
        },
        requestExample: { refresh_token: "q83fK0l2…" },
        errors: ["invalid_refresh_token"],
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
        answers: {
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

  signOutEverywhere: userProcedure(writes("auth.signed_out_everywhere"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/logout-all",
        operationId: "signOutEverywhere",
        tag,
        summary: "Sign out everywhere",
        description: "Ends all your sessions, including this one. API keys keep working.",
        answers: {
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

  verifyEmail: publicProcedure(writes("auth.email_verified", "key.revoked", "member.invitation_revoked"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/verify-email",
        operationId: "verifyEmail",
        tag,
        summary: "Verify an email address",
        description:
          "Redeems the token from a verification email. A verified account can create live keys. Everything created before ends, because whoever registered the email may not own it: sessions and their tokens, API keys, invitations and OAuth grants. Sign in again afterwards. Opening the emailed link changes nothing; its page makes this call when its button is clicked.",
        answers: {
          200: {
            name: "EmailVerified",
            description: "Email verified.",
            schema: emailVerifiedViewSchema,
            example: { email_verified: true },
          },
        },
        requestExample: { token: "Zk4x…", password: "correct horse battery staple" },
        errors: ["invalid_token", "weak_password"],
      },
    })
    .input(verifyEmailInputSchema)
    .output(emailVerifiedViewSchema)
    .mutation(({ ctx, input }) =>
      verifyEmail(ctx.db, { ...input, ...callerOf(ctx), revokeKeysAndInvitations }),
    ),

  /** The portal's: what an emailed link would verify, and whether its reader has to say the password. */
  openVerification: publicProcedure(unaudited("own_account"))
    .input(verificationInputSchema)
    .output(verificationViewSchema)
    .query(({ ctx, input }) => getVerification(ctx.db, { ...input, principal: ctx.principal })),

  /** The portal's: verifies, and signs this browser in by a cookie of its own. */
  confirmEmail: publicProcedure(writes("auth.email_verified", "key.revoked", "member.invitation_revoked"))
    .input(verifyEmailInputSchema)
    .output(emailVerifiedViewSchema)
    .mutation(({ ctx, input }) => verifyEmailAndSignIn(ctx, input)),

  resendVerification: userProcedure(unaudited("own_account"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/resend-verification",
        operationId: "resendVerification",
        tag,
        summary: "Resend the verification email",
        description: "Emails a new link; earlier links stop working.",
        answers: {
          200: {
            name: "VerificationSent",
            description: "Whether an email was sent.",
            schema: verificationSentViewSchema,
            example: { status: "sent" },
          },
        },
        errors: ["too_many_attempts"],
      },
    })
    .input(z.strictObject({}).optional())
    .output(verificationSentViewSchema)
    .mutation(({ ctx }) => resendVerification(ctx.db, { userId: ctx.principal.userId })),

  requestPasswordReset: publicProcedure(writes("auth.password_reset_requested"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/password-reset",
        operationId: "requestPasswordReset",
        tag,
        summary: "Request a password reset",
        description:
          "Emails a reset link if the email has an account. The response is the same if it has none.",
        answers: {
          200: {
            name: "ResetRequested",
            description: "Request received.",
            schema: resetRequestedViewSchema,
            example: { requested: true },
          },
        },
        requestExample: { email: "ada@example.com" },
        errors: ["too_many_attempts"],
      },
    })
    .input(requestPasswordResetInputSchema)
    .output(resetRequestedViewSchema)
    .mutation(({ ctx, input }) => requestPasswordReset(ctx.db, { ...input, ...callerOf(ctx) })),

  resetPassword: publicProcedure(
    writes("auth.password_reset", "auth.email_verified", "key.revoked", "member.invitation_revoked"),
  )
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/password-reset/confirm",
        operationId: "resetPassword",
        tag,
        summary: "Set a new password",
        description:
          "Redeems the token from a reset email, which also verifies the email. Everything that gave access before ends: sessions and their tokens, API keys and pending invitations that the person created in any organization, and OAuth grants. The person is told by email, and so are the owners of other organizations whose keys ended.",
        answers: {
          200: {
            name: "PasswordChanged",
            description: "Password changed.",
            schema: passwordChangedViewSchema,
            example: { password_changed: true },
          },
        },
        requestExample: { token: "Zk4x…", password: "a new and longer passphrase" },
        errors: ["invalid_token", "weak_password"],
      },
    })
    .input(resetPasswordInputSchema)
    .output(passwordChangedViewSchema)
    .mutation(({ ctx, input }) =>
      resetPassword(ctx.db, { ...input, ...callerOf(ctx), revokeKeysAndInvitations }),
    ),
});

function callerOf(ctx: Context) {
  return { ip: ctx.ip, userAgent: ctx.userAgent };
}
