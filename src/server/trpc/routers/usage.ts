import {
  exportUsage,
  getUsage,
  usageFileSchema,
  usageQuerySchema,
  usageReportSchema,
} from "@agathaai/core/usage";
import { z } from "zod";
import { usageExample, usageFileExample } from "../examples/examples";
import { traces } from "../middleware/audited";
import { router, scopedProcedure } from "../trpc";

const tag = "Usage";

export const usageRouter = router({
  get: scopedProcedure(traces("data.usage_read"), "usage:read")
    .meta({
      operation: {
        method: "GET",
        path: "/api/v1/usage",
        operationId: "getUsage",
        tag,
        summary: "Get usage statistics",
        description:
          "Returns requests, tokens, cost and latency per hour, day or month (UTC), grouped by model, API key, status, member or endpoint. Counts, tokens and cost are exact up to this moment. A request counts once it has ended, in the bucket in which it was accepted.",
        responses: {
          200: {
            name: "UsageReport",
            description: "The buckets that have requests, in time order, and their totals.",
            schema: usageReportSchema,
            example: usageExample,
          },
        },
        errors: ["invalid_id"],
      },
    })
    .input(usageQuerySchema)
    .output(usageReportSchema)
    .query(({ ctx, input }) => getUsage(ctx.db, { principal: ctx.principal, query: input })),

  export: scopedProcedure(traces("data.usage_exported"), "usage:read")
    .meta({
      rateLimit: "costly",
      operation: {
        method: "GET",
        path: "/api/v1/usage.csv",
        operationId: "exportUsage",
        tag,
        summary: "Export usage statistics",
        description:
          "Returns the same figures as CSV (RFC 4180), one line per bucket and group, with costs in US dollars. Names that a spreadsheet would run as a formula begin with an apostrophe. The file is streamed: if the connection drops, it is incomplete.",
        responses: {
          200: {
            name: "UsageCsv",
            description: "The file.",
            mediaType: "text/csv",
            schema: z.string(),
            example: usageFileExample,
          },
        },
        file: (output) => usageFileSchema.parse(output),
        errors: ["invalid_id"],
      },
    })
    .input(usageQuerySchema)
    .output(usageFileSchema)
    .query(({ ctx, input }) => exportUsage(ctx.db, { principal: ctx.principal, query: input })),
});
