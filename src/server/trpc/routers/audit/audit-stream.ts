import {
  getStream,
  pauseStream,
  pauseStreamInputSchema,
  removeStream,
  setStream,
  setStreamInputSchema,
  streamRemovedViewSchema,
  streamSetViewSchema,
  streamViewSchema,
  testStream,
} from "@agathaai/core/audit-streams";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const streamExample = {
  kind: "syslog",
  target: "logs.example.com:6514",
  has_ca: false,
  status: "active",
  paused_because: null,
  delivered_sequence: 1842,
  last_sequence: 1842,
  entries_behind: 0,
  delivered_at: "2026-11-23T11:52:00.000Z",
  failures: 0,
  failing_since: null,
  last_error: null,
  next_attempt_at: null,
  created_at: "2026-11-20T09:00:00.000Z",
  updated_at: "2026-11-20T09:00:00.000Z",
};

export const auditStreamRouter = router({
  get: userProcedure(unaudited("settings"), "members:write")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit/stream",
        operationId: "getAuditStream",
        tag: "Audit",
        summary: "Get the audit stream",
        description:
          "Returns where your organization's audit log is sent, up to which entry it was taken, and the last failure. Owners and admins can read it.",
        responses: {
          200: {
            name: "AuditStream",
            description: "The stream.",
            schema: streamViewSchema,
            example: streamExample,
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(streamViewSchema)
    .query(({ ctx }) => getStream(ctx.db, { principal: ctx.principal })),

  set: userProcedure(writes("audit.stream_set"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PUT",
        path: "/api/v1/audit/stream",
        operationId: "setAuditStream",
        tag: "Audit",
        summary: "Set the audit stream",
        description:
          "Sends your organization's audit log as it is written, in order and each entry at least once: to a webhook, signed after Standard Webhooks, or to a syslog receiver over TLS (RFC 5424, RFC 5425). It begins with the next entry; an existing stream goes on where it stopped. A webhook gets a new secret, returned once. Owners and admins of plans that have audit streams can do this.",
        responses: {
          200: {
            name: "AuditStreamSet",
            description: "The stream, and a webhook's secret.",
            schema: streamSetViewSchema,
            example: { ...streamExample, secret: null },
          },
        },
        requestExample: { kind: "syslog", target: "logs.example.com:6514" },
        errors: ["plan_required"],
      },
    })
    .input(setStreamInputSchema)
    .output(streamSetViewSchema)
    .mutation(({ ctx, input }) => setStream(ctx.db, { principal: ctx.principal, input })),

  pause: userProcedure(writes("audit.stream_paused", "audit.stream_resumed"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "PATCH",
        path: "/api/v1/audit/stream",
        operationId: "pauseAuditStream",
        tag: "Audit",
        summary: "Pause or resume the audit stream",
        description:
          "Pauses the stream, or resumes it where it stopped. Entries wait meanwhile; none is skipped.",
        responses: {
          200: {
            name: "AuditStream",
            description: "The stream.",
            schema: streamViewSchema,
            example: streamExample,
          },
        },
        requestExample: { paused: false },
        errors: [],
      },
    })
    .input(pauseStreamInputSchema)
    .output(streamViewSchema)
    .mutation(({ ctx, input }) => pauseStream(ctx.db, { principal: ctx.principal, input })),

  test: userProcedure(writes("audit.stream_tested"), "members:write")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "POST",
        path: "/api/v1/audit/stream/test",
        operationId: "testAuditStream",
        tag: "Audit",
        summary: "Test the audit stream",
        description:
          "Writes an entry `audit.stream_tested`, which reaches your receiver as every other entry does, and has a failing stream try at once. It arrived when `delivered_sequence` reaches the `last_sequence` of this response.",
        responses: {
          200: {
            name: "AuditStream",
            description: "The stream, with the test's entry behind the others.",
            schema: streamViewSchema,
            example: { ...streamExample, last_sequence: 1843, entries_behind: 1 },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(streamViewSchema)
    .mutation(({ ctx }) => testStream(ctx.db, { principal: ctx.principal })),

  remove: userProcedure(writes("audit.stream_removed"), "members:write")
    .meta({
      stepUp: true,
      operation: {
        method: "DELETE",
        path: "/api/v1/audit/stream",
        operationId: "removeAuditStream",
        tag: "Audit",
        summary: "Remove the audit stream",
        description: "Ends the stream. What was not taken is not sent; it stays in the log.",
        responses: {
          200: {
            name: "AuditStreamRemoved",
            description: "Removed.",
            schema: streamRemovedViewSchema,
            example: { object: "audit_stream", deleted: true },
          },
        },
        errors: [],
      },
    })
    .input(z.strictObject({}).optional())
    .output(streamRemovedViewSchema)
    .mutation(({ ctx }) => removeStream(ctx.db, { principal: ctx.principal })),
});
