import { Prisma } from "../../platform/db/client";
import { limitOfPeriod, paysOverage, quotaPeriodSql } from "../period/quota-period";
import { keyReservationSql, reservationSql } from "./reservation-sql";

/**
 * What the limits of a batch leave. A step named `asked` gives a row a call: `id`, `created_at`, `org_id`, `api_key_id`, `spend_id`,
 * `plan_tokens`, `quota_day` and `quota_month` (the UTC month's first day and instant; null for the simulator, which has no
 * limit), and `may_go`. Gives the step `headroom`: all of them, with their limits.
 */
export const limitSteps: Prisma.Sql = Prisma.sql`
    -- Limits and use of tokens and money. With overage there is no token limit; for the simulator no limit at all.
    limits AS (
      SELECT b.*, CASE WHEN b.quota_month IS NOT NULL THEN p.starts_at END AS quota_period, p.ends_at AS period_ends,
        CASE WHEN NOT t.pays_overage THEN t.tokens END AS limit_tokens,
        CASE WHEN t.pays_overage THEN t.tokens END AS overage_from,
        q.used_tokens, q.reserved_tokens AS reserved_before,
        CASE WHEN b.quota_month IS NOT NULL THEN s.monthly_cap_micros END AS org_cap,
        o.spent_micros AS org_spent, o.reserved_micros AS org_reserved,
        CASE WHEN b.quota_month IS NOT NULL THEN k.monthly_cap_micros END AS key_cap,
        ks.spent_micros AS key_spent, ks.reserved_micros AS key_reserved
      FROM asked b
      LEFT JOIN subscriptions s USING (org_id)
      CROSS JOIN LATERAL (${quotaPeriodSql({
        at: Prisma.sql`b.created_at`,
        planTokens: Prisma.sql`b.plan_tokens`,
      })}) p
      LEFT JOIN quota_counters q ON q.org_id = b.org_id AND q.starts_at = p.starts_at AND b.quota_month IS NOT NULL
      LEFT JOIN quota_counters o ON o.org_id = b.org_id AND o.starts_at = b.quota_month
      LEFT JOIN api_keys k ON k.id = b.api_key_id
      LEFT JOIN key_spend ks ON ks.key_id = b.spend_id AND ks.month = b.quota_day
      CROSS JOIN LATERAL (
        SELECT ${paysOverage} AND b.quota_month IS NOT NULL AS pays_overage,
          CASE WHEN b.quota_month IS NOT NULL THEN ${limitOfPeriod} END AS tokens
      ) t
    ),
    -- What each limit leaves; null is no limit.
    headroom AS (
      SELECT *,
        limit_tokens - coalesce(used_tokens + reserved_before, 0) AS token_headroom,
        org_cap - coalesce(org_spent + org_reserved, 0) AS org_headroom,
        key_cap - coalesce(key_spent + key_reserved, 0) AS key_headroom
      FROM limits
    )`;

/**
 * Which calls of a batch fit, for a statement that reserves for them: `limitSteps`, where `asked` also gives `reserved_tokens` and
 * `reserved_micros`. Calls get the headroom in the order of their ids. Gives the steps `headroom`, `fits_alone` and `fits_together`.
 */
export const headroomSteps: Prisma.Sql = Prisma.sql`${limitSteps},
    -- Those that fit by themselves, with running totals over the batch.
    fits_alone AS (
      SELECT *,
        sum(reserved_tokens) OVER (PARTITION BY org_id, quota_period ORDER BY id) AS tokens_running,
        sum(reserved_micros) OVER (PARTITION BY org_id, quota_month ORDER BY id) AS org_running,
        sum(reserved_micros) OVER (PARTITION BY spend_id, quota_month ORDER BY id) AS key_running
      FROM headroom
      WHERE may_go AND (token_headroom IS NULL OR reserved_tokens <= token_headroom) AND (org_headroom IS NULL OR reserved_micros <= org_headroom)
        AND (key_headroom IS NULL OR reserved_micros <= key_headroom)
    ),
    -- Those that also fit after the calls before them.
    fits_together AS (
      SELECT * FROM fits_alone
      WHERE (token_headroom IS NULL OR tokens_running <= token_headroom) AND (org_headroom IS NULL OR org_running <= org_headroom)
        AND (key_headroom IS NULL OR key_running <= key_headroom)
    )`;

/** Reserves for the calls of a step named `to_reserve`, rows of `fits_together`; those with all their reservations are in the step `reserved`. */
export const reserveSteps: Prisma.Sql = Prisma.sql`
    -- Reserve for organizations. Tokens count in the period, money in the calendar month: two rows, or one where they begin together.
    org_reservations AS (${reservationSql(Prisma.sql`
      SELECT org_id, starts_at, sum(tokens)::bigint AS tokens, max(limit_tokens) AS limit_tokens,
        sum(micros)::bigint AS micros, max(cap_micros) AS cap_micros
      FROM (
        SELECT org_id, quota_period AS starts_at, reserved_tokens AS tokens, limit_tokens, 0 AS micros, NULL::bigint AS cap_micros
        FROM to_reserve WHERE quota_month IS NOT NULL
        UNION ALL
        SELECT org_id, quota_month, 0, NULL, reserved_micros, org_cap FROM to_reserve WHERE quota_month IS NOT NULL
      ) parts
      GROUP BY org_id, starts_at`)}
    ),
    -- Those whose organization has both reservations.
    org_has_reserved AS (
      SELECT * FROM to_reserve
      WHERE quota_month IS NULL
        OR ((org_id, quota_period) IN (SELECT org_id, starts_at FROM org_reservations)
          AND (org_id, quota_month) IN (SELECT org_id, starts_at FROM org_reservations))
    ),
    -- Reserve money for API keys.
    key_reservations AS (${keyReservationSql(Prisma.sql`
      SELECT spend_id AS key_id, quota_day AS month, org_id, sum(reserved_micros)::bigint AS micros,
        max(key_cap) AS cap_micros
      FROM org_has_reserved WHERE quota_day IS NOT NULL AND spend_id IS NOT NULL
      GROUP BY spend_id, quota_day, org_id`)}
    ),
    reserved AS (
      SELECT * FROM org_has_reserved
      WHERE quota_day IS NULL OR spend_id IS NULL
        OR (spend_id, quota_day) IN (SELECT key_id, month FROM key_reservations)
    )`;

/** Which limit a row `b` of `headroom` does not fit, for a `CROSS JOIN LATERAL`: the first of quota, organization's cap and key's cap. */
export const refusalOf: Prisma.Sql = Prisma.sql`(
      SELECT 'quota' AS refused_by, b.quota_period AS starts_at, b.period_ends AS ends_at, b.limit_tokens AS limit_amount, b.used_tokens AS used_amount, b.reserved_before AS reserved_amount
      WHERE b.reserved_tokens > b.token_headroom
      UNION ALL SELECT 'org_cap', b.quota_month, m.ends_at, b.org_cap, b.org_spent, b.org_reserved
      FROM (SELECT (b.quota_day + interval '1 month') AT TIME ZONE 'UTC' AS ends_at) m WHERE b.reserved_micros > b.org_headroom
      UNION ALL SELECT 'key_cap', b.quota_month, m.ends_at, b.key_cap, b.key_spent, b.key_reserved
      FROM (SELECT (b.quota_day + interval '1 month') AT TIME ZONE 'UTC' AS ends_at) m
      LIMIT 1
    )`;

/**
 * Whether a row `b` of `headroom` that does not fit would, if processes gave back of their budget leases what no call under way
 * holds: its refusal is not final then. One snapshot: what a call has spent and its process has not reported counts as
 * coming back, so that nothing is refused early.
 */
export const fitsAfterRecall: Prisma.Sql = Prisma.sql`EXISTS (
      SELECT FROM (
        SELECT coalesce(sum(tokens) FILTER (WHERE quota_period = b.quota_period), 0) AS tokens,
          coalesce(sum(micros) FILTER (WHERE quota_month = b.quota_day), 0) AS micros,
          coalesce(sum(micros) FILTER (WHERE quota_month = b.quota_day AND spend_id = b.spend_id), 0) AS key_micros
        FROM (
          SELECT l.quota_period, l.quota_month, l.spend_id, l.held_tokens - coalesce(o.tokens, 0) AS tokens, l.held_micros - coalesce(o.micros, 0) AS micros
          FROM budget_leases l
          CROSS JOIN LATERAL (
            SELECT sum(o.reserved_tokens) AS tokens, sum(o.reserved_micros) AS micros
            FROM open_calls o WHERE o.process_id = l.process_id AND o.lease_id = l.id
          ) o
          WHERE l.org_id = b.org_id
        ) leases
      ) free
      WHERE (b.token_headroom IS NULL OR b.reserved_tokens <= b.token_headroom + free.tokens)
        AND (b.org_headroom IS NULL OR b.reserved_micros <= b.org_headroom + free.micros)
        AND (b.key_headroom IS NULL OR b.reserved_micros <= b.key_headroom + free.key_micros)
    )`;
