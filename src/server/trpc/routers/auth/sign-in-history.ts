import {
  endSessionsByLink,
  endSessionsByLinkInputSchema,
  listSignIns,
  listSignInsInputSchema,
  sessionsEndedViewSchema,
  signInListViewSchema,
} from "@agathaai/core/accounts";
import { unaudited, writes } from "../../middleware/audited";
import { publicProcedure, router, userProcedure } from "../../trpc";

const signInExample = {
  id: "sgn_01m844dwt2e1gtmcdh2rqzk2vh",
  kind: "portal",
  method: "password",
  factor: "authenticator",
  result: "signed_in",
  session_id: "ses_01m844dwt2e1gtmcdh2rqzk2vh",
  new_device: false,
  device: "Firefox on Windows",
  ip: "203.0.113.9",
  created_at: "2026-11-23T11:52:00.000Z",
};

/** How a person's account was signed in to, and the link by which they end what was not them. */
export const signInsRouter = router({
  list: userProcedure(unaudited("own_account"))
    .meta({
      withoutFactor: true,
      operation: {
        method: "GET",
        path: "/api/v1/me/sign-ins",
        operationId: "listSignIns",
        tag: "Account",
        summary: "List your sign-ins",
        description:
          "Lists the sign-ins of the last 90 days, and the failed ones at your account, newest first. Refreshed tokens are not sign-ins. Of failures, at most 100 per hour are listed.",
        responses: {
          200: {
            name: "SignInList",
            description: "One page of sign-ins.",
            schema: signInListViewSchema,
            example: { data: [signInExample], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listSignInsInputSchema)
    .output(signInListViewSchema)
    .query(({ ctx, input }) => listSignIns(ctx.db, { ...ctx.principal, input })),

  endSessions: publicProcedure(writes("auth.signed_out_everywhere"))
    .meta({
      operation: {
        method: "POST",
        path: "/api/v1/auth/end-sessions",
        operationId: "endSessionsByLink",
        tag: "Account",
        summary: "End all sessions by an emailed link",
        description:
          "Redeems the token from an email about a new sign-in, within 7 days. Ends all sessions of the account. API keys and the password stay; reset the password if it was not you. Opening the emailed link changes nothing; its page makes this call when its button is clicked.",
        responses: {
          200: {
            name: "SessionsEnded",
            description: "Ended.",
            schema: sessionsEndedViewSchema,
            example: { signed_out: true },
          },
        },
        requestExample: { token: "Zk4x…" },
        errors: ["invalid_token"],
      },
    })
    .input(endSessionsByLinkInputSchema)
    .output(sessionsEndedViewSchema)
    .mutation(({ ctx, input }) => endSessionsByLink(ctx.db, { ...input, ip: ctx.ip })),
});
