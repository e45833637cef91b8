import { z } from "zod";
import { endpoints } from "../../shared/endpoints";
import { environmentParam, publicId } from "../platform";
import { type ListQuery, listFields, listSchema, oldCreatedFields } from "../platform/list";
import { apiErrorSchema } from "../platform/schemas/api-error";
import { deletedSchema } from "../platform/schemas/deleted";
import { chatMessageSchema, finishReasons, toolCallSchema } from "./request/chat";

export const requestStatuses = ["queued", "processing", "completed", "failed", "cancelled"] as const;
export type RequestStatus = (typeof requestStatuses)[number];
export const requestStatusSchema = z.enum(requestStatuses);

export const terminalStatuses = ["completed", "failed", "cancelled"] as const;
export type TerminalStatus = (typeof terminalStatuses)[number];

export function isTerminal(status: RequestStatus): status is TerminalStatus {
  return status === "completed" || status === "failed" || status === "cancelled";
}

const time = z.iso.datetime();
const environmentSchema = z.enum(["live", "test"]);
const errorSchema = apiErrorSchema.nullable().meta({ description: "Why it failed; null if it has not." });

export const inferenceLinksSchema = z.strictObject({
  self: z.string(),
  result: z.string(),
  cancel: z.string(),
});

const head = {
  id: z.string().meta({ description: "inf_…" }),
  status: requestStatusSchema,
  model: z.string().meta({ description: "The model as requested." }),
  model_notice: z
    .string()
    .optional()
    .meta({ description: "Present when a successor answers for a retired model." }),
  environment: environmentSchema,
  created_at: time,
  metadata: z.record(z.string(), z.string()).meta({ description: "As it was sent; empty if none was." }),
};

/** Present only in what is old. */
const age = {
  archived: z
    .literal(true)
    .optional()
    .meta({ description: "Present when it was read from the archive, where requests go after 90 days." }),
  content_expired: z.literal(true).optional().meta({
    description: "Present when the organization’s retention has ended: prompt, answer and metadata are gone.",
  }),
};

/** How a request came. */
export const endpointSchema = z.enum(endpoints);
const origin = {
  endpoint: endpointSchema.meta({ description: "How it came." }),
  stored: z.boolean().meta({
    description: "False: a call under `/v1` whose prompt and answer were not kept, from the ledger.",
  }),
};

/** `POST /inference`, 202. */
export const acceptedViewSchema = z.strictObject({ ...head, links: inferenceLinksSchema });

/** The response stored with an Idempotency-Key, without metadata: that is content, and the repeated call brings it. */
export const storedResponseSchema = acceptedViewSchema.omit({ metadata: true, environment: true }).strip();
export type StoredResponse = z.output<typeof storedResponseSchema>;

/** `GET /inference/:id` and `POST /inference/:id/cancel`. */
export const statusViewSchema = z.strictObject({
  ...head,
  ...age,
  started_at: time.nullable(),
  completed_at: time.nullable(),
  cancel_requested: z.boolean(),
  links: inferenceLinksSchema,
  error: errorSchema,
});

export const usageViewSchema = z.strictObject({
  input_tokens: z.int().nonnegative().meta({ description: "Includes cached_input_tokens." }),
  cached_input_tokens: z.int().nonnegative(),
  cache_write_tokens: z.int().nonnegative().meta({ description: "Input stored in the provider's cache." }),
  output_tokens: z.int().nonnegative().meta({ description: "Includes reasoning_tokens." }),
  reasoning_tokens: z.int().nonnegative(),
  total_tokens: z.int().nonnegative(),
});

const answerSchema = z.strictObject({
  role: z.literal("assistant"),
  content: z.string().nullable(),
  refusal: z.string().optional().meta({ description: "The model's own words where it declined." }),
  reasoning_content: z.string().optional().meta({
    description:
      "What the model thought before it answered, where it was asked for (`include_reasoning`) or its provider always shows it (DeepSeek).",
  }),
  tool_calls: z.array(toolCallSchema).optional(),
});
export const outputSchema = answerSchema.extend({
  alternatives: z
    .array(answerSchema)
    .optional()
    .meta({ description: "The other answers to a call of `/v1/chat/completions` with `n` above 1." }),
});
export type Output = z.output<typeof outputSchema>;

/** `GET /inference/:id/result`: until the request is terminal, `output` and what follows are null (202). */
export const resultViewSchema = z.strictObject({
  ...head,
  ...age,
  output: outputSchema.nullable(),
  finish_reason: z.enum(finishReasons).nullable(),
  usage: usageViewSchema.nullable(),
  cost_micros: z.int().nonnegative().nullable(),
  completed_at: time.nullable(),
  error: errorSchema,
});

export const attemptOutcomes = [
  "running",
  "completed",
  "retry",
  "failed",
  "cancelled",
  "handed_back",
  "lease_expired",
] as const;

export const attemptSchema = z.strictObject({
  attempt: z.int().positive(),
  started_at: time,
  ended_at: time.nullable(),
  outcome: z.enum(attemptOutcomes),
  error_code: z.string().optional(),
  calls: z
    .array(z.looseObject({ model: z.string(), provider: z.string(), outcome: z.string(), ms: z.number() }))
    .optional(),
});

export const timelineEntrySchema = z.strictObject({
  at: time,
  event: z.enum([
    "accepted",
    "queued",
    "attempt_started",
    "attempt_ended",
    "cancel_requested",
    "completed",
    "failed",
    "cancelled",
  ]),
  attempt: z.int().positive().optional(),
  outcome: z.enum(attemptOutcomes).optional(),
  error_code: z.string().optional(),
});

/** A request's cost and how it was calculated, from its ledger row. */
export const receiptSchema = z.strictObject({
  billable: z.boolean(),
  price_version: z.string(),
  input_price_per_million_micros: z.int().nonnegative(),
  cached_input_price_per_million_micros: z.int().nonnegative(),
  cache_write_price_per_million_micros: z.int().nonnegative(),
  long_cache_write_price_per_million_micros: z.int().nonnegative(),
  long_cache_write_tokens: z
    .int()
    .nonnegative()
    .meta({ description: "The part of `usage.cache_write_tokens` stored for 12 hours." }),
  output_price_per_million_micros: z.int().nonnegative(),
  service_tier: z.string().meta({ description: "The tier that answered; these are its prices." }),
  long_context: z.boolean().meta({ description: "Billed at the model's prices for long requests." }),
  regional_percent: z.int().positive().meta({ description: "110 where a regional endpoint added 10%." }),
  cost_micros: z.int().nonnegative(),
  reserved_tokens: z.int().nonnegative().meta({ description: "Held before it ran; 0 for test requests." }),
  reserved_micros: z.int().nonnegative(),
  overage_tokens: z.int().nonnegative().meta({ description: "The part of its tokens past the plan's." }),
  overage_micros: z.int().nonnegative(),
  byok: z.boolean().meta({
    description:
      "Your organization's own key at the provider answered; the provider bills you for the model.",
  }),
  provider_cost_micros: z.int().nonnegative().meta({
    description: "What the provider bills you by its list price, where `byok` is true; else 0.",
  }),
  cache_age_seconds: z.int().nonnegative().nullable().meta({
    description:
      "Age of the stored answer that was returned from your response cache, at no cost. Null: a model answered.",
  }),
});

export const inferenceDetailSchema = z.strictObject({
  ...resultViewSchema.shape,
  ...origin,
  provider: z.string(),
  served_by: z.string(),
  started_at: time.nullable(),
  cancel_requested: z.boolean(),
  parameters: z.record(z.string(), z.json()).meta({ description: "Parameters other than messages." }),
  max_output_tokens: z.int().nonnegative().meta({ description: "0 where it was not kept." }),
  messages: z.array(chatMessageSchema),
  latency_ms: z.int().nonnegative().nullable(),
  timeline: z.array(timelineEntrySchema),
  receipt: receiptSchema.nullable(),
  trace_id: z.string(),
  links: inferenceLinksSchema,
});

export type InferenceLinks = z.output<typeof inferenceLinksSchema>;
export type AcceptedView = z.output<typeof acceptedViewSchema>;
export type StatusView = z.output<typeof statusViewSchema>;
export type ResultView = z.output<typeof resultViewSchema>;
export type UsageView = z.output<typeof usageViewSchema>;
export type InferenceDetail = z.output<typeof inferenceDetailSchema>;
export type AttemptOutcome = (typeof attemptOutcomes)[number];
export type Attempt = z.output<typeof attemptSchema>;
export type TimelineEntry = z.output<typeof timelineEntrySchema>;
export type Receipt = z.output<typeof receiptSchema>;

/** `GET /history`. */
export const historyQuerySchema = z.strictObject({
  ...listFields(25),
  model: z
    .string()
    .min(1)
    .max(128)
    .refine((text) => !text.includes("\u0000"), "must not contain NUL characters")
    .optional()
    .meta({ description: "Only requests for this model, as requested." }),
  status: requestStatusSchema.optional(),
  endpoint: endpointSchema.optional().meta({ description: "Only requests that came this way." }),
  api_key_id: publicId("key").optional().meta({ description: "Only requests with this key, `key_…`." }),
  made_by: z.enum(["key", "person"]).optional().meta({
    description:
      "`person`: only requests that members sent themselves, in the playground or with an access token.",
  }),
  environment: environmentParam,
  ...oldCreatedFields,
  metadata: z
    .record(z.string().min(1).max(64), z.string().max(512))
    .refine((entries) => Object.keys(entries).length <= 16, "must have at most 16 entries")
    .optional()
    .meta({
      description:
        "Only requests that have all of these: `metadata[customer]=42&metadata[job]=nightly`. Names and values match exactly.",
      param: { style: "deepObject", explode: true },
    }),
});

export const historyItemSchema = z.strictObject({
  ...head,
  ...origin,
  api_key_id: z.string().nullable().meta({ description: "Null for a request made by a person." }),
  completed_at: time.nullable(),
  usage: usageViewSchema.nullable(),
  cost_micros: z.int().nonnegative().nullable(),
  latency_ms: z
    .int()
    .nonnegative()
    .nullable()
    .meta({ description: "Milliseconds from acceptance to the end." }),
  error: errorSchema,
  links: inferenceLinksSchema,
});

export const historyListSchema = listSchema(historyItemSchema).extend({
  reaches_back_to: time.meta({
    description: "Requests before this are not listed. They are found by their ID for another year.",
  }),
});

export const deletedRequestSchema = deletedSchema("inference");

export type HistoryQuery = ListQuery & Omit<z.output<typeof historyQuerySchema>, keyof ListQuery>;
export type HistoryItem = z.output<typeof historyItemSchema>;
export type HistoryList = z.output<typeof historyListSchema>;
export type DeletedRequest = z.output<typeof deletedRequestSchema>;
