import {
  downloadExport,
  downloadExportInputSchema,
  exportFileSchema,
  exportIdInputSchema,
  exportListViewSchema,
  exportViewSchema,
  getExport,
  listExports,
  listExportsInputSchema,
  requestExport,
} from "@agathaai/core/exports";
import { z } from "zod";
import { unaudited, writes } from "../../middleware/audited";
import { router, userProcedure } from "../../trpc";

const tag = "Privacy";
const nothing = z.strictObject({}).optional();

const exportExample = {
  id: "exp_01jd0q4g5te8tvhz3t1c7x9ncm",
  object: "export",
  subject: "person",
  status: "ready",
  requested_by: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
  bytes: 48_213,
  created_at: "2026-11-26T10:00:00.000Z",
  finished_at: "2026-11-26T10:00:07.000Z",
  expires_at: "2026-12-03T10:00:07.000Z",
};
const waitingExample = {
  ...exportExample,
  status: "waiting",
  bytes: null,
  finished_at: null,
  expires_at: null,
};
const ofOrganization = { subject: "organization" };

const howItIsMade =
  "The file is a ZIP with each table as JSON and as CSV, without secrets. It is made in the background, one at a time and at most three in 24 hours; the link is emailed to you and works for 7 days, only for you.";

/** Everything we hold about a person or an organization, as a file. */
export const exportsRouter = router({
  listMine: userProcedure(unaudited("own_account"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/me/exports",
        operationId: "listMyExports",
        tag,
        summary: "List exports of your data",
        description: "Lists the exports of what we hold about you, newest first.",
        responses: {
          200: {
            name: "ExportList",
            description: "One page of exports.",
            schema: exportListViewSchema,
            example: { data: [exportExample], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listExportsInputSchema)
    .output(exportListViewSchema)
    .query(({ ctx, input }) => listExports(ctx.db, { principal: ctx.principal, subject: "person", input })),

  requestMine: userProcedure(writes("data.export_requested", "data.exported"))
    .meta({
      rateLimit: "costly",
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/me/exports",
        operationId: "exportMyData",
        tag,
        summary: "Export your data",
        description: `Requests a file with everything we hold about you: account, sessions, memberships, connected apps, and what you did. ${howItIsMade}`,
        responses: {
          202: {
            name: "Export",
            description: "It waits.",
            schema: exportViewSchema,
            example: waitingExample,
          },
        },
        errors: ["conflict"],
      },
    })
    .input(nothing)
    .output(exportViewSchema)
    .mutation(({ ctx }) => requestExport(ctx.db, { principal: ctx.principal, subject: "person" })),

  listOrganization: userProcedure(unaudited("settings", { action: "data.exports_read" }), "members:write")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/organization/exports",
        operationId: "listOrganizationExports",
        tag,
        summary: "List exports of your organization",
        description:
          "Lists the exports of what we hold about the organization, newest first. Owners and admins can do this.",
        responses: {
          200: {
            name: "ExportList",
            description: "One page of exports.",
            schema: exportListViewSchema,
            example: { data: [{ ...exportExample, ...ofOrganization }], next_cursor: null },
          },
        },
        errors: ["invalid_cursor"],
      },
    })
    .input(listExportsInputSchema)
    .output(exportListViewSchema)
    .query(({ ctx, input }) =>
      listExports(ctx.db, { principal: ctx.principal, subject: "organization", input }),
    ),

  requestOrganization: userProcedure(writes("data.export_requested", "data.exported"), "members:write")
    .meta({
      rateLimit: "costly",
      stepUp: true,
      operation: {
        method: "POST",
        path: "/api/v1/organization/exports",
        operationId: "exportOrganization",
        tag,
        summary: "Export your organization",
        description: `Requests a file with everything we hold about the organization: requests with prompts and answers, keys, members, usage, billing, webhooks and its audit log. ${howItIsMade} Owners and admins can do this.`,
        responses: {
          202: {
            name: "Export",
            description: "It waits.",
            schema: exportViewSchema,
            example: { ...waitingExample, ...ofOrganization },
          },
        },
        errors: ["conflict"],
      },
    })
    .input(nothing)
    .output(exportViewSchema)
    .mutation(({ ctx }) => requestExport(ctx.db, { principal: ctx.principal, subject: "organization" })),

  get: userProcedure(unaudited("own_account"))
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/exports/{id}",
        operationId: "getExport",
        tag,
        summary: "Get an export",
        description: "Returns an export that you requested.",
        responses: {
          200: {
            name: "Export",
            description: "The export.",
            schema: exportViewSchema,
            example: exportExample,
          },
        },
        errors: [],
      },
    })
    .input(exportIdInputSchema)
    .output(exportViewSchema)
    .query(({ ctx, input }) => getExport(ctx.db, { principal: ctx.principal, id: input.id })),

  download: userProcedure(writes("data.export_downloaded"))
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: "/api/v1/exports/{id}/file",
        operationId: "downloadExport",
        tag,
        summary: "Download an export",
        description:
          "Returns the file that the emailed link is about. It takes the link’s token and the sign-in of the person who requested it. If the connection drops, the file is incomplete.",
        responses: {
          200: {
            name: "ExportFile",
            description: "The ZIP file.",
            mediaType: "application/zip",
            schema: z.string().meta({ format: "binary" }),
            example: "PK…",
          },
        },
        file: (output) => exportFileSchema.parse(output),
        errors: [],
      },
    })
    .input(downloadExportInputSchema)
    .output(exportFileSchema)
    .query(({ ctx, input }) =>
      downloadExport(ctx.db, { principal: ctx.principal, input, signal: ctx.signal }),
    ),
});
