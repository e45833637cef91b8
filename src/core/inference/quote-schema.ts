import { z } from "zod";

const count = z.int().nonnegative();

const spendSchema = z
  .strictObject({
    cap_micros: count.nullable().meta({ description: "The monthly cap in micro-dollars; null is none." }),
    spent_micros: count,
    reserved_micros: count.meta({ description: "Set aside for requests in progress." }),
    fits: z.boolean(),
  })
  .meta({ description: "Money spent this UTC month." });

/** `POST /inference/quote`. */
export const quoteViewSchema = z.strictObject({
  model: z.string().meta({ description: "The model as asked for." }),
  environment: z.enum(["live", "test"]).meta({
    description: "`test` is answered by the simulator: it reserves and costs nothing.",
  }),
  price_version: z.string().meta({ description: "The price entry it would be billed by." }),
  input_tokens: z.strictObject({
    estimate: count.meta({ description: "About what the provider will count." }),
    most: count.meta({ description: "No provider counts more than this." }),
  }),
  max_output_tokens: z.int().positive().meta({ description: "Where the answer stops." }),
  tokens_reserved: count.meta({ description: "Exactly what submitting it sets aside." }),
  cost_micros: z.strictObject({
    estimate: count
      .optional()
      .meta({ description: "With an answer as long as your recent ones of this model; absent without any." }),
    most: count.meta({ description: "Exactly what submitting it sets aside." }),
  }),
  quota: z
    .strictObject({
      limit: count.nullable().meta({ description: "Tokens of the period; null is unlimited." }),
      used: count,
      reserved: count,
      remaining: count.nullable(),
      overage: z.boolean().meta({ description: "Tokens beyond the limit are accepted, and billed." }),
      fits: z.boolean(),
    })
    .meta({
      description: "The organization's tokens of its billing period; on Free, of the calendar month (UTC).",
    }),
  spend: spendSchema,
  key_spend: spendSchema.nullable().meta({ description: "Of the calling API key; null for a person." }),
  fits: z.boolean().meta({ description: "Whether submitting it now would be accepted." }),
});

export type QuoteView = z.output<typeof quoteViewSchema>;
