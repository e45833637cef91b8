import { z } from "zod";

const count = z.int().nonnegative();

const spendSchema = z
  .strictObject({
    cap_micros: count
      .nullable()
      .meta({ description: "The monthly cap in micro-dollars; null if there is none." }),
    spent_micros: count,
    reserved_micros: count.meta({ description: "Held for running requests." }),
    fits: z.boolean(),
  })
  .meta({ description: "Spend of this calendar month (UTC)." });

const old = (instead: string) => ({ deprecated: true, description: `The old form of ${instead}.` });

/** Names of the previous release, two of which mean a plain number everywhere else. The next release drops them. */
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
    description: "`test` gets simulated answers: nothing is held or charged.",
  }),
  price_version: z.string().meta({ description: "The price list entry that its cost is computed from." }),
  max_output_tokens: z.int().positive().meta({ description: "The most tokens the answer can have." }),
  estimate: z
    .strictObject({
      input_tokens: count.meta({ description: "Close to what the provider will count." }),
      output_tokens: count
        .nullable()
        .meta({ description: "The median of your recent answers from this model; null if there are none." }),
      cost_micros: count.nullable().meta({ description: "Of both together; null if the output is unknown." }),
    })
    .meta({ description: "What the request is likely to use." }),
  most: z
    .strictObject({ input_tokens: count, output_tokens: count, total_tokens: count, cost_micros: count })
    .meta({ description: "The most the request can use." }),
  reserved_tokens: count.meta({ description: "What submitting it would hold." }),
  reserved_micros: count.meta({ description: "What submitting it would hold, in micro-dollars." }),
  ...oldFields,
  quota: z
    .strictObject({
      limit: count.nullable().meta({ description: "Tokens of the period; null if unlimited." }),
      used: count,
      reserved: count,
      remaining: count.nullable(),
      overage: z.boolean().meta({ description: "Whether tokens past the limit are accepted and billed." }),
      fits: z.boolean(),
    })
    .meta({
      description: "The organization's tokens of its billing period; on Free, of the calendar month (UTC).",
    }),
  spend: spendSchema,
  key_spend: spendSchema
    .nullable()
    .meta({ description: "The same for the calling API key; null for a person." }),
  fits: z.boolean().meta({ description: "Whether submitting it now would be accepted." }),
});

export type QuoteView = z.output<typeof quoteViewSchema>;
