import { plans } from "../../shared/plans";
import { type Clock, type Db, startOfMonth, systemClock } from "../platform";
import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";
import { endOfMonth, limitOfPeriod, monthOf, quotaPeriodSql } from "../quota";

export const expiredUsageAlerts: ExpiredRows = {
  usage_alerts: Prisma.sql`starts_at < now() - interval '3 months'`,
};

/** The percentages of a quota, and of a spending cap, at which an email is sent. */
export const QUOTA_PERCENTS = [80, 100] as const;
export const CAP_PERCENTS = [50, 80, 100] as const;

/**
 * Records the thresholds that usage has passed since the last run, each once per period and limit: a raised cap or a
 * larger plan starts anew. When several were passed at once, or a refusal already recorded 100%, only the highest is
 * recorded.
 */
export async function recordThresholds(db: Db, clock: Clock = systemClock): Promise<number> {
  const now = clock.now();
  const at = Prisma.sql`${now}::timestamptz`;
  const month = Prisma.sql`${startOfMonth(now)}::timestamptz AS starts_at, ${endOfMonth(now)}::timestamptz AS ends_at`;
  const period = quotaPeriodSql({ at, planTokens: Prisma.sql`${plans.free.tokensPerMonth}::bigint` });
  return await db.$executeRaw`
    WITH limits AS (
      SELECT q.org_id AS subject_id, q.org_id, p.starts_at, p.ends_at, 'quota' AS kind, q.used_tokens AS used,
        ${limitOfPeriod} AS limit_amount, ${[...QUOTA_PERCENTS]}::int[] AS percents
      FROM quota_counters q JOIN subscriptions s USING (org_id) CROSS JOIN LATERAL (${period}) p
      WHERE q.starts_at = p.starts_at AND q.used_tokens > 0
      UNION ALL
      SELECT q.org_id, q.org_id, ${month}, 'org_cap', q.spent_micros, s.monthly_cap_micros, ${[...CAP_PERCENTS]}::int[]
      FROM quota_counters q JOIN subscriptions s USING (org_id) WHERE q.starts_at = ${startOfMonth(now)}::timestamptz
      UNION ALL
      -- Of a chain of rotations the last key holds the cap.
      SELECT ks.key_id, ks.org_id, ${month}, 'key_cap', ks.spent_micros, k.monthly_cap_micros, ${[...CAP_PERCENTS]}::int[]
      FROM key_spend ks JOIN api_keys k ON k.spend_id = ks.key_id AND k.org_id = ks.org_id AND k.successor_id IS NULL
      WHERE ks.month = ${monthOf(now)}::date AND k.revoked_at IS NULL
    ),
    passed AS (
      SELECT s.*, p.percent, max(p.percent) OVER (PARTITION BY s.subject_id, s.kind) AS highest
      FROM limits s CROSS JOIN unnest(s.percents) AS p(percent)
      WHERE s.limit_amount > 0 AND s.used * 100 >= s.limit_amount * p.percent
    )
    INSERT INTO usage_alerts AS n
      (subject_id, starts_at, ends_at, kind, percent, limit_amount, org_id, created_at, emailed_at)
    SELECT p.subject_id, p.starts_at, p.ends_at, p.kind, p.percent, p.limit_amount, p.org_id, ${at},
      CASE WHEN p.percent < p.highest OR EXISTS (
        SELECT FROM usage_alerts recorded
        WHERE recorded.subject_id = p.subject_id AND recorded.starts_at = p.starts_at AND recorded.kind = p.kind
          AND recorded.limit_amount = p.limit_amount AND recorded.percent > p.percent
      ) THEN ${at} END
    FROM passed p
    ON CONFLICT DO NOTHING`;
}
