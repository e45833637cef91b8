import { plans } from "../../../shared/plans";
import { toDay } from "../../../shared/time";
import { startOfMonth } from "../../platform";
import { Prisma } from "../../platform/db/client";

/** The UTC calendar month of `at` as its first day: `2026-11-01`. Requests count in the month they were accepted in. */
export function monthOf(at: Date): string {
  return toDay(startOfMonth(at));
}

/** When that month's quota ends and the next begins. */
export function endOfMonth(at: Date): Date {
  return startOfMonth(at, 1);
}

function tokensBy(column: string): Prisma.Sql {
  const cases = Object.entries(plans).map(
    ([plan, { tokensPerMonth }]) => `WHEN '${plan}' THEN ${tokensPerMonth ?? "NULL"}`,
  );
  return Prisma.raw(`(CASE ${column} ${cases.join(" ")} ELSE ${plans.free.tokensPerMonth} END::bigint)`);
}

/**
 * The quota period of an organization at an instant, and the tokens its plan gives in it, computed from its
 * subscription row `s` while the statement runs: a plan read seconds earlier could allow too much after a downgrade, or
 * refuse what an upgrade has just paid for. For a `CROSS JOIN LATERAL` after `s`.
 *
 * - `own`: the subscription's current period.
 * - `next`: that period is over and Stripe has not reported the next. The following period, with the plan that was to
 *   follow. Only one is assumed, never two: nobody gets a second month's tokens because we heard nothing.
 * - `ended`: it is over and was not to go on. Free, in the UTC calendar month.
 * - `month`: no subscription, so the UTC calendar month.
 *
 * `tokens` is the share of the current plan: all its tokens, or those for the rest of the period where it began within
 * it. Together with the counter's `granted_tokens` it is the limit. Null is unlimited.
 */
export function quotaPeriodSql({ at, planTokens }: { at: Prisma.Sql; planTokens: Prisma.Sql }): Prisma.Sql {
  return Prisma.sql`
    SELECT phase, starts_at, ends_at, since, plan_tokens, CASE
      WHEN since IS NULL OR since <= starts_at THEN plan_tokens
      WHEN since >= ends_at THEN plan_tokens * 0
      ELSE floor(plan_tokens * extract(epoch FROM ends_at - since) / extract(epoch FROM ends_at - starts_at))::bigint
      END AS tokens
    FROM (
      SELECT phase,
        CASE phase
          WHEN 'own' THEN s.current_period_start
          WHEN 'next' THEN s.current_period_end
          ELSE date_trunc('month', ${at}, 'UTC') END AS starts_at,
        CASE phase
          WHEN 'own' THEN s.current_period_end
          WHEN 'next' THEN (s.current_period_end AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC'
          ELSE (date_trunc('month', ${at} AT TIME ZONE 'UTC') + interval '1 month') AT TIME ZONE 'UTC' END AS ends_at,
        CASE phase WHEN 'next' THEN NULL WHEN 'ended' THEN s.current_period_end ELSE s.quota_since END AS since,
        CASE
          WHEN s.org_id IS NULL THEN ${planTokens}
          WHEN s.custom_monthly_tokens IS NOT NULL THEN s.custom_monthly_tokens
          WHEN phase IN ('next', 'ended') THEN ${tokensBy("coalesce(s.pending_plan, s.plan)")}
          ELSE ${tokensBy("s.plan")} END AS plan_tokens
      FROM (
        SELECT CASE
          WHEN s.stripe_subscription_id IS NULL OR s.current_period_start IS NULL OR s.current_period_end IS NULL THEN 'month'
          WHEN ${at} < s.current_period_end THEN 'own'
          WHEN s.pending_plan = 'free' THEN 'ended'
          ELSE 'next' END AS phase
      ) classified
    ) counted`;
}

/** The limit of period `p` with its counter `q`, which may be missing. */
export const limitOfPeriod: Prisma.Sql = Prisma.sql`p.tokens + coalesce(q.granted_tokens, 0)`;

/** Whether subscription `s` pays for overage in period `p`: turned on, nothing owed, and not over. */
export const paysOverage: Prisma.Sql = Prisma.sql`
  coalesce(s.overage AND s.status IN ('active', 'trialing') AND s.stripe_subscription_id IS NOT NULL
    AND p.phase <> 'ended', false)`;
