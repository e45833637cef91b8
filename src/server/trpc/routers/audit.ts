import { auditListSchema, listAudit, listAuditInputSchema } from "@agathaai/core/audit";
import { reachOf } from "@agathaai/core/platform";
import { asOrganization } from "@agathaai/core/platform/db/as-organization";
import { auditEntryExample } from "../examples/examples";
import { traces } from "../middleware/audited";
import { router, scopedProcedure } from "../trpc";

export const auditRouter = router({
  list: scopedProcedure(traces("data.audit_read"), "audit:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit",
        operationId: "listAudit",
        tag: "Audit",
        summary: "List the audit log",
        description:
          "Lists what was done in the organization and by whom, newest first: sign-ins, changes to keys and settings, reads of data, and every API call. Entries appear within about a second. Owners, admins and keys with the scope `audit:read` can read it.",
        responses: {
          200: {
            name: "AuditList",
            description: "One page of entries.",
            schema: auditListSchema,
            example: { data: [auditEntryExample], next_cursor: null },
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
});
