import { z } from "zod";
import { planIds } from "../../shared/plans";

const time = z.iso.datetime();
const count = z.int().nonnegative();

const requestAllowanceSchema = z.strictObject({
  limit: count,
  remaining: count,
  reset_at: time.meta({
    description: "When the current window ends or, at the limit, when the next request fits.",
  }),
  window_seconds: count,
});

export const rateLimitViewSchema = z.strictObject({
  plan: z.enum(planIds),
  requests: requestAllowanceSchema.meta({
    description: "Model requests per minute of the whole organization.",
  }),
  key_requests: requestAllowanceSchema.nullable().meta({
    description: "The calling API key's own limit; null if it has none.",
  }),
  tokens: z
    .strictObject({
      limit: count.nullable().meta({ description: "Null if unlimited." }),
      used: count,
      reserved: count.meta({ description: "Held for running requests." }),
      remaining: count.nullable(),
      reset_at: time.meta({
        description: "The end of the billing period; on Free, of the calendar month (UTC).",
      }),
    })
    .meta({ description: "Tokens of the billing period; on Free, of the calendar month (UTC)." }),
});

export type RateLimitView = z.output<typeof rateLimitViewSchema>;
