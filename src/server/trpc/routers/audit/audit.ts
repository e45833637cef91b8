import {
  auditEntryDetailSchema,
  auditFileSchema,
  auditListSchema,
  exportAudit,
  exportAuditInputSchema,
  getAuditEntry,
  getAuditEntryInputSchema,
  listAudit,
  listAuditInputSchema,
} from "@agathaai/core/audit";
import { reachOf } from "@agathaai/core/platform";
import { asOrganization } from "@agathaai/core/platform/db/as-organization";
import { z } from "zod";
import { auditEntryExample, auditFileExample } from "../../examples/examples";
import { traces, writes } from "../../middleware/audited";
import { router, scopedProcedure } from "../../trpc";
import { auditReportsRouter } from "./audit-reports";
import { auditStreamRouter } from "./audit-stream";

const tag = "Audit";
const scope = "audit:read";
const { hash, prev_hash } = {
  prev_hash: "5f0c9d1a4c1c2f6f8a3f0a8b7e6d5c4b3a29181716151413121110090807f6e5",
  hash: "a3c65c2974270fd093ee8a9bf8ae7d0b0c5f2f6f8a3f0a8b7e6d5c4b3a291817",
};

const exported = {
  csv: {
    mediaType: "text/csv",
    operationId: "exportAuditCsv",
    name: "AuditCsv",
    form: "as CSV (RFC 4180), with details as JSON in the last column. Text that a spreadsheet would run as a formula begins with an apostrophe",
  },
  jsonl: {
    mediaType: "application/jsonl",
    operationId: "exportAuditLines",
    name: "AuditLines",
    form: "as JSON Lines: one entry per line, as the list returns it",
  },
} as const;

function exportProcedure(format: "csv" | "jsonl") {
  const { mediaType, operationId, name, form } = exported[format];
  return scopedProcedure(writes("data.audit_exported"), scope)
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: `/api/v1/audit.${format}`,
        operationId,
        tag,
        summary: format === "csv" ? "Export the audit log as CSV" : "Export the audit log as JSON Lines",
        description: `Returns what the filters select, ${form}. Entries of all seven years are in it, those of the archive too. At most 100,000 entries: a larger selection is refused, so that no file is cut off; choose a shorter period. Entries written after the call are not in it. The file is streamed: if the connection drops, it is incomplete. The export is itself recorded.`,
        responses: {
          200: {
            name,
            description: "The file.",
            mediaType,
            schema: z.string(),
            example: auditFileExample[format],
          },
        },
        file: (output) => auditFileSchema.parse(output),
        errors: ["invalid_id"],
      },
    })
    .input(exportAuditInputSchema)
    .output(auditFileSchema)
    .query(({ ctx, input }) =>
      exportAudit(ctx.db, { principal: ctx.principal, traceId: ctx.requestId, format, input }),
    );
}

export const auditRouter = router({
  stream: auditStreamRouter,
  reports: auditReportsRouter,

  list: scopedProcedure(traces("data.audit_read"), scope)
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit",
        operationId: "listAudit",
        tag,
        summary: "List the audit log",
        description:
          "Lists what was done in the organization and by whom, newest first: sign-ins, changes to keys and settings, reads of data, and every API call. Entries appear within about a second. The list reaches back at least 400 days, to `reaches_back_to`; earlier entries are in the archive, from which they are exported. Filters combine: an entry must match all of them. Owners, admins and keys with the scope `audit:read` can read it.",
        responses: {
          200: {
            name: "AuditList",
            description: "One page of entries.",
            schema: auditListSchema,
            example: {
              data: [auditEntryExample],
              next_cursor: null,
              reaches_back_to: "2025-10-20T00:00:00.000Z",
            },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listAuditInputSchema)
    .output(auditListSchema)
    .query(({ ctx, input }) =>
      asOrganization(ctx.db, ctx.principal.orgId, (tx) =>
        listAudit(tx, { ...reachOf(ctx.principal), ...input }),
      ),
    ),

  get: scopedProcedure(traces("data.audit_read"), scope)
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit/{id}",
        operationId: "getAuditEntry",
        tag,
        summary: "Get an audit entry",
        description:
          "Returns one entry and its place in the organization's chain, also from the archive of entries older than 400 days.",
        responses: {
          200: {
            name: "AuditEntry",
            description: "The entry.",
            schema: auditEntryDetailSchema,
            example: { ...auditEntryExample, chain: { prev_hash, hash, batch_id: null } },
          },
        },
        errors: ["not_found", "invalid_id"],
      },
    })
    .input(getAuditEntryInputSchema)
    .output(auditEntryDetailSchema)
    .query(({ ctx, input }) => getAuditEntry(ctx.db, { ...reachOf(ctx.principal), ...input })),

  exportCsv: exportProcedure("csv"),
  exportLines: exportProcedure("jsonl"),
});
