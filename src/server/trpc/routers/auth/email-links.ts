import {
  emailVerifiedViewSchema,
  getVerification,
  passwordChangedViewSchema,
  requestPasswordReset,
  requestPasswordResetInputSchema,
  resendVerification,
  resetPassword,
  resetPasswordInputSchema,
  resetRequestedViewSchema,
  verificationInputSchema,
  verificationSentViewSchema,
  verificationViewSchema,
  verifyEmail,
  verifyEmailInputSchema,
} from "@agathaai/core/accounts";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import { z } from "zod";
import { verifyEmailAndSignIn } from "../../../auth/verify-email-and-sign-in";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, userProcedure } from "../../trpc";
import { callerOf, tag } from "./auth-parts";

/** What emailed links do: verify an email, and set a new password. */
export const emailLinkProcedures = {
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
        responses: {
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

  /** Only in the portal: what an emailed link would verify, and whether its reader must enter the password. */
  openVerification: publicProcedure(unaudited("own_account"))
    .input(verificationInputSchema)
    .output(verificationViewSchema)
    .query(({ ctx, input }) => getVerification(ctx.db, { ...input, principal: ctx.principal })),

  /** Only in the portal: verifies the email and signs this browser in with a cookie. */
  confirmEmail: publicProcedure(writes("auth.email_verified", "key.revoked", "member.invitation_revoked"))
    .input(verifyEmailInputSchema)
    .output(emailVerifiedViewSchema)
    .mutation(({ ctx, input }) => verifyEmailAndSignIn(ctx, input)),

  resendVerification: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "POST",
        path: "/api/v1/auth/resend-verification",
        operationId: "resendVerification",
        tag,
        summary: "Resend the verification email",
        description: "Emails a new link; earlier links stop working.",
        responses: {
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
        responses: {
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
        responses: {
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
};
