import {
  confirmEmailChange,
  emailChangedViewSchema,
  emailChangeRequestedViewSchema,
  emailChangeTokenInputSchema,
  requestEmailChange,
  requestEmailChangeInputSchema,
  undoEmailChange,
} from "@agathaai/core/accounts";
import { followEmailAtStripe } from "@agathaai/core/billing";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import { writes } from "../../middleware/audited";
import { publicProcedure, router, userProcedure } from "../../trpc";

const tag = "Account";
const followEmail = followEmailAtStripe;

export const emailChangeRouter = router({
  request: userProcedure(writes("account.email_change_requested"))
    .meta({
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/email",
        operationId: "requestEmailChange",
        tag,
        summary: "Change your email",
        description:
          "Sends a link to the new email, and tells the present one. Nothing changes until the link is used, within 24 hours. An email that has an account already gets no link; the response is the same.",
        responses: {
          200: {
            name: "EmailChangeRequested",
            description: "Requested.",
            schema: emailChangeRequestedViewSchema,
            example: { status: "sent" },
          },
        },
        requestExample: { email: "ada@new.example.com" },
        errors: ["email_not_verified", "too_many_attempts"],
      },
    })
    .input(requestEmailChangeInputSchema)
    .output(emailChangeRequestedViewSchema)
    .mutation(({ ctx, input }) => requestEmailChange(ctx.db, { ...ctx.principal, ...input, ip: ctx.ip })),

  confirm: publicProcedure(writes("account.email_changed"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/confirm-email-change",
        operationId: "confirmEmailChange",
        tag,
        summary: "Confirm a new email",
        description:
          "Redeems the token from the link in the new mailbox. The account then uses that email, every session but the one that asked ends, and links sent to the old email stop working. The old email gets a link that undoes the change for 7 days. Opening the emailed link changes nothing; its page makes this call when its button is clicked.",
        responses: {
          200: {
            name: "EmailChanged",
            description: "Changed.",
            schema: emailChangedViewSchema,
            example: { email: "ada@new.example.com" },
          },
        },
        requestExample: { token: "Zk4x…" },
        errors: ["invalid_token", "email_taken"],
      },
    })
    .input(emailChangeTokenInputSchema)
    .output(emailChangedViewSchema)
    .mutation(({ ctx, input }) => confirmEmailChange(ctx.db, { ...input, ip: ctx.ip, followEmail })),

  undo: publicProcedure(writes("account.email_change_undone", "key.revoked", "member.invitation_revoked"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/undo-email-change",
        operationId: "undoEmailChange",
        tag,
        summary: "Undo a change of email",
        description:
          "Redeems the token from the link in the old mailbox, which works for 7 days after the change. The old email is the account's again. Because whoever changed it knew the password, everything that gave access ends: the password, sessions and their tokens, API keys and pending invitations that the person created, and OAuth grants. Second factors stay.",
        responses: {
          200: {
            name: "EmailChanged",
            description: "Undone.",
            schema: emailChangedViewSchema,
            example: { email: "ada@example.com" },
          },
        },
        requestExample: { token: "Zk4x…" },
        errors: ["invalid_token", "email_taken"],
      },
    })
    .input(emailChangeTokenInputSchema)
    .output(emailChangedViewSchema)
    .mutation(({ ctx, input }) =>
      undoEmailChange(ctx.db, { ...input, ip: ctx.ip, followEmail, revokeKeysAndInvitations }),
    ),
});
