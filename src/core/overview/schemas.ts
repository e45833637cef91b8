import { z } from "zod";
import { planIds } from "../../shared/plans";
import { environmentParam } from "../platform";
import { usageTotalsSchema } from "../usage";

const time = z.iso.datetime();
const count = z.int().nonnegative();

/** Selects whose requests the figures cover. Plan, caps and warnings are always the organization's. */
export const overviewInputSchema = z.strictObject({ environment: environmentParam });

/** The figures of the portal's first page. Days are UTC days. */
export const overviewSchema = z.strictObject({
  plan: z.enum(planIds),
  quota: z.strictObject({
    limit: count.nullable().meta({ description: "Null if unlimited." }),
    used: count,
    reserved: count,
    projected: count.meta({ description: "Tokens at the period's end if they go on as they have." }),
    period_start: time,
    reset_at: time,
  }),
  month: usageTotalsSchema,
  today: usageTotalsSchema,
  days: z.array(
    z.strictObject({
      start: time,
      requests: count,
      failed: count,
      cost_micros: count,
      latency_p50_ms: count.nullable(),
      latency_p95_ms: count.nullable(),
    }),
  ),
  window: usageTotalsSchema.meta({ description: "All of `days` together." }),
  expiring_keys: z.array(z.strictObject({ id: z.string(), name: z.string(), expires_at: time })),
  /** Spending caps that are at least 80% spent, the fullest first. `key` is null for the organization's cap. */
  tight_caps: z.array(
    z.strictObject({
      key: z.strictObject({ id: z.string(), name: z.string() }).nullable(),
      cap_micros: count,
      spent_micros: count,
    }),
  ),
  goes_past_quota: z.boolean().meta({ description: "Requests go on past the quota, billed." }),
  payment_due: z
    .strictObject({ grace_ends_at: time.nullable().meta({ description: "Null: the plan is lost already." }) })
    .nullable(),
  agreement_ends_at: time
    .nullable()
    .meta({ description: "When terms agreed with this organization alone end, if that is soon." }),
  onboarding: z.strictObject({
    email_verified: z.boolean(),
    key_made: z.boolean(),
    call_completed: z.boolean().meta({ description: "Any request of any environment was answered." }),
  }),
});

export type OverviewInput = z.output<typeof overviewInputSchema>;
export type Overview = z.output<typeof overviewSchema>;
export type OverviewDay = Overview["days"][number];
