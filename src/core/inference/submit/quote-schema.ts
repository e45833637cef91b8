import { z } from "zod";

const count = z.int().nonnegative();

const spendSchema = z
  .strictObject({
    cap_micros: count.nullable().meta({ description: "The monthly cap in micro-dollars; null is none." }),
    spent_micros: count,
    reserved_micros: count.meta({ description: "Held for running requests." }),
    fits: z.boolean(),
  })
  .meta({ description: "Money spent this UTC month." });

const old = (instead: string) => ({ deprecated: true, description: `The old form of ${instead}.` });

/** Of the release before: two of these names mean a plain number everywhere else. They go with the next release. */
const oldFields = {
  input_tokens: z
    .strictObject({ estimate: count, most: count })
    .meta(old("`estimate.input_tokens` and `most.input_tokens`")),
  tokens_reserved: count.meta(old("`reserved_tokens`")),
  cost_micros: z
    .strictObject({ estimate: count.optional(), most: count })
    .meta(old("`estimate.cost_micros` and `most.cost_micros`")),
};

/** `POST /inference/quote`. */
export const quoteViewSchema = z.strictObject({
  model: z.string().meta({ description: "The model as requested." }),
  environment: z.enum(["live", "test"]).meta({
    description: "`test` is answered by the simulator: it reserves and costs nothing.",
  }),
  price_version: z.string().meta({ description: "The price entry it would be billed by." }),
  max_output_tokens: z.int().positive().meta({ description: "Where the answer stops." }),
  estimate: z
    .strictObject({
      input_tokens: count.meta({ description: "Close to what the provider will count." }),
      output_tokens: count
        .nullable()
        .meta({ description: "As long as your recent answers of this model; null without any." }),
      cost_micros: count.nullable().meta({ description: "Of both together; null where that is unknown." }),
    })
    .meta({ description: "What it will probably use." }),
  most: z
    .strictObject({ input_tokens: count, output_tokens: count, total_tokens: count, cost_micros: count })
    .meta({ description: "No result of it will say more." }),
  reserved_tokens: count.meta({ description: "Exactly what submitting it holds." }),
  reserved_micros: count.meta({ description: "Exactly what submitting it holds, in micro-dollars." }),
  ...oldFields,
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
