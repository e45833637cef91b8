import {
  adminReport,
  adminReportFile,
  adminReportSchema,
  type ReportInput,
  reportFileSchema,
  reportInputSchema,
  signInReport,
  signInReportFile,
  signInReportSchema,
} from "@agathaai/core/audit";
import type { Principal } from "@agathaai/core/platform";
import { asOrganization } from "@agathaai/core/platform/db/as-organization";
import type { Db } from "@agathaai/core/platform/db/client";
import { z } from "zod";
import { auditReportExamples } from "../../examples/audit-reports";
import { traces } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Audit";
const scope = "audit:read";

interface Asked {
  ctx: { db: Db; principal: Principal };
  input: ReportInput;
}

const signIns = ({ ctx: { db, principal }, input }: Asked) =>
  asOrganization(db, principal.orgId, (tx) => signInReport(tx, { orgId: principal.orgId, input }));
const admin = ({ ctx: { db, principal }, input }: Asked) =>
  asOrganization(db, principal.orgId, (tx) => adminReport(tx, { orgId: principal.orgId, input }));

const aboutSignIns =
  "who signed in to your organization, how often and how (password, passkey, Google, GitHub, company sign-in), with a second factor, from new devices, and which company sign-ins were refused. A wrong password is at a person's account, which only they see";
const aboutDeeds =
  "who did what to your organization and how often: members and roles, keys, sign-in policies, billing, webhooks and apps, and everything our operators did or read. At most 1,000 lines";

/** For people: a report covers both environments. */
export const auditReportsRouter = router({
  signIns: userProcedure(traces("data.audit_read"), scope)
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit/reports/sign-ins",
        operationId: "getSignInReport",
        tag,
        summary: "Get the sign-in report",
        description: `Reports ${aboutSignIns}. Covers up to 400 days.`,
        responses: {
          200: {
            name: "SignInReport",
            description: "The report.",
            schema: signInReportSchema,
            example: auditReportExamples.signIns,
          },
        },
        errors: [],
      },
    })
    .input(reportInputSchema)
    .output(signInReportSchema)
    .query(signIns),

  signInsCsv: userProcedure(traces("data.audit_exported"), scope)
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: "/api/v1/audit/reports/sign-ins.csv",
        operationId: "exportSignInReport",
        tag,
        summary: "Export the sign-in report",
        description: "Returns the same as CSV (RFC 4180), one line per person.",
        responses: {
          200: {
            name: "SignInReportCsv",
            description: "The file.",
            mediaType: "text/csv",
            schema: z.string(),
            example: auditReportExamples.signInsCsv,
          },
        },
        file: (output) => reportFileSchema.parse(output),
        errors: [],
      },
    })
    .input(reportInputSchema)
    .output(reportFileSchema)
    .query(async (asked) => signInReportFile(await signIns(asked))),

  admin: userProcedure(traces("data.audit_read"), scope)
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/audit/reports/admin",
        operationId: "getAdminReport",
        tag,
        summary: "Get the admin report",
        description: `Reports ${aboutDeeds}. Covers up to 400 days.`,
        responses: {
          200: {
            name: "AdminReport",
            description: "The report.",
            schema: adminReportSchema,
            example: auditReportExamples.admin,
          },
        },
        errors: [],
      },
    })
    .input(reportInputSchema)
    .output(adminReportSchema)
    .query(admin),

  adminCsv: userProcedure(traces("data.audit_exported"), scope)
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: "/api/v1/audit/reports/admin.csv",
        operationId: "exportAdminReport",
        tag,
        summary: "Export the admin report",
        description: "Returns the same as CSV (RFC 4180), one line per person or key and action.",
        responses: {
          200: {
            name: "AdminReportCsv",
            description: "The file.",
            mediaType: "text/csv",
            schema: z.string(),
            example: auditReportExamples.adminCsv,
          },
        },
        file: (output) => reportFileSchema.parse(output),
        errors: [],
      },
    })
    .input(reportInputSchema)
    .output(reportFileSchema)
    .query(async (asked) => adminReportFile(await admin(asked))),
});
