import {
  listSessions,
  listSessionsInputSchema,
  revokedSessionsViewSchema,
  revokedSessionViewSchema,
  revokeOtherSessions,
  revokeSession,
  sessionIdInputSchema,
  sessionListViewSchema,
} from "@agathaai/core/accounts";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Account";

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

export const sessionsRouter = router({
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
    .input(z.strictObject({}).optional())
    .output(revokedSessionsViewSchema)
    .mutation(({ ctx }) => revokeOtherSessions(ctx.db, ctx.principal)),
});
