import { z } from "zod";
import { endpoints } from "../../shared/endpoints";
import { environmentParam, publicId } from "../platform";
import { instantSchema } from "../platform/schemas/instant";

export const usageIntervals = ["hour", "day", "month"] as const;
export type UsageInterval = (typeof usageIntervals)[number];

export const usageGroups = ["model", "api_key", "status", "member", "endpoint"] as const;
export type UsageGroup = (typeof usageGroups)[number];

const time = z.iso.datetime();
const count = z.int().nonnegative();

export const usageQuerySchema = z.strictObject({
  from: instantSchema.optional().meta({
    description: "The start, included; rounded down to the interval (UTC). Default: 30 days before `to`.",
    example: "2026-11-01T00:00:00Z",
  }),
  to: instantSchema.optional().meta({
    description: "The end, not included; rounded up to the interval (UTC). Default: now.",
    example: "2026-12-01T00:00:00Z",
  }),
  interval: z.enum(usageIntervals).default("day").meta({
    description:
      "The width of a bucket: `hour` for up to 31 days, `day` for up to 400 days, `month` for up to 36 months.",
  }),
  group_by: z.enum(usageGroups).optional().meta({ description: "Groups each bucket by this." }),
  model: z
    .string()
    .min(1)
    .max(128)
    .refine((text) => !text.includes("\u0000"), "must not contain NUL characters")
    .optional()
    .meta({ description: "Only requests for this model, as requested." }),
  api_key_id: publicId("key").optional().meta({ description: "Only requests with this key, `key_…`." }),
  status: z.enum(["completed", "failed", "cancelled"]).optional().meta({
    description: "Only requests that ended this way.",
  }),
  endpoint: z.enum(endpoints).optional().meta({
    description: "Only requests that came this way; `/api/v1/inference` is the queue.",
  }),
  environment: environmentParam,
});

const PRECISION =
  "Exact for few requests; for many, interpolated between latencies that occurred, never below the fastest or above the slowest.";

export const latencySchema = z.strictObject({
  p50: count.meta({ description: `Milliseconds. ${PRECISION}` }),
  p95: count.meta({ description: `Milliseconds. ${PRECISION}` }),
});

const measures = {
  requests: count.meta({
    description: "Requests that have ended, in the bucket in which they were accepted.",
  }),
  completed: count,
  failed: count,
  cancelled: count,
  errors: count.meta({ description: "The same as `failed`." }),
  input_tokens: count.meta({ description: "Includes cached_input_tokens and cache_write_tokens." }),
  cached_input_tokens: count.meta({ description: "Read from the provider's prompt cache." }),
  cache_write_tokens: count.meta({ description: "Written to the provider's prompt cache, for any time." }),
  output_tokens: count.meta({ description: "Includes reasoning_tokens." }),
  reasoning_tokens: count,
  total_tokens: count,
  cost_micros: count.meta({ description: "Micro-dollars: 1,000,000 is one US dollar." }),
  cache_hits: count.meta({
    description: "Requests answered from your response cache: no tokens, no cost.",
  }),
  byok_requests: count.meta({ description: "Requests that your own keys at providers answered." }),
  byok_fee_micros: count.meta({ description: "What we charge for those; part of `cost_micros`." }),
  provider_cost_micros: count.meta({
    description: "What the providers bill you for those, by their list prices; not part of `cost_micros`.",
  }),
  latency_ms: latencySchema
    .nullable()
    .meta({ description: "Of completed requests; null if there are none." }),
};

export const usageTotalsSchema = z.strictObject(measures);

export const usageBucketSchema = z.strictObject({
  start: time.meta({ description: "The start of the bucket (UTC)." }),
  group: z
    .strictObject({
      id: z.string().meta({ description: "`none` for requests without a key or member." }),
      label: z.string(),
    })
    .nullable()
    .meta({ description: "Null without `group_by`." }),
  ...measures,
});

export const usageReportSchema = z.strictObject({
  from: time.meta({ description: "The start, rounded to the interval." }),
  to: time.meta({ description: "The end, rounded to the interval." }),
  interval: z.enum(usageIntervals),
  group_by: z.enum(usageGroups).nullable(),
  totals: usageTotalsSchema,
  data: z
    .array(usageBucketSchema)
    .meta({ description: "In time order. Buckets without requests are left out." }),
  refreshed_at: time.meta({
    description: "When this was read: every request that had ended by then is counted.",
  }),
});

export const usageFileSchema = z.strictObject({
  filename: z.string(),
  /** CSV (RFC 4180) with a header line. Consume the pieces in order; each may read the database. */
  pieces: z.custom<AsyncIterable<string>>(
    (value) => typeof value === "object" && value !== null && Symbol.asyncIterator in value,
  ),
});

export type UsageQuery = z.output<typeof usageQuerySchema>;
export type UsageTotals = z.output<typeof usageTotalsSchema>;
export type UsageBucket = z.output<typeof usageBucketSchema>;
export type UsageReport = z.output<typeof usageReportSchema>;
export type UsageFile = z.output<typeof usageFileSchema>;
