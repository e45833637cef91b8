import { plans } from "../../shared/plans";
import { toDay } from "../../shared/time";
import { startOfMonth } from "../platform/clock";
import { Prisma } from "../platform/db/client";

/** The UTC calendar month that holds `at`, as its first day: `2026-11-01`. Requests count where they were accepted. */
export function monthOf(at: Date): string {
  return toDay(startOfMonth(at));
}

/** The instant at which the quota of that month ends and the next begins. */
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
 * The period that tokens of an organization count in at an instant, and what its plan gives in it, by the row `s` of
 * its subscription as it stands when the statement runs: a plan that a caller read seconds ago could let too much
 * through after a downgrade, or refuse what an upgrade has just paid for. For a `CROSS JOIN LATERAL` behind `s`.
 *
 * - `own`: the period that the subscription is in.
 * - `next`: that one is over and Stripe has not said more yet: the one that follows, with the plan that was to follow.
 *   One ahead of what Stripe said, never two: nobody gets a second month's tokens because we heard nothing.
 * - `ended`: it is over and was not to go on: Free, from then on, in the UTC calendar month.
 * - `month`: no subscription, hence the UTC calendar month.
 *
 * `tokens` is the share that the plan in force gives: all of its tokens, or, where it began within the period, those
 * for the time left. With `granted_tokens` of the counter it makes the limit. Null is unlimited.
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

/** The limit of the period `p` with its counter `q`, which may be missing. */
export const limitOfPeriod: Prisma.Sql = Prisma.sql`p.tokens + coalesce(q.granted_tokens, 0)`;

/**
 * Whether the subscription `s` pays in the period `p` for what goes past its quota: agreed to, nothing owed, and not
 * over.
 */
export const paysOverage: Prisma.Sql = Prisma.sql`
  coalesce(s.overage AND s.status IN ('active', 'trialing') AND s.stripe_subscription_id IS NOT NULL
    AND p.phase <> 'ended', false)`;
