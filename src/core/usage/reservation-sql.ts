import { plans } from "../plans";
import { Prisma } from "../platform/db";

/**
 * Sets tokens and money aside for organizations before a call: one conditional upsert, so that however many run at once,
 * what is used and reserved together passes neither quota nor cap. `asked` selects `org_id`, `month`, `tokens`,
 * `limit_tokens`, `micros` and `cap_micros`, one row an organization and month, null being no limit; each that fits comes
 * back. Rows are locked in one order everywhere, organizations before keys, so that two such statements never wait for
 * each other.
 */
export function reservationSql(asked: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO quota_counters AS q
      (org_id, month, limit_tokens, used_tokens, reserved_tokens, cap_micros, spent_micros, reserved_micros, updated_at)
    SELECT org_id, month, limit_tokens, 0, tokens, cap_micros, 0, micros, now() FROM (${asked}) asked
    WHERE (limit_tokens IS NULL OR tokens <= limit_tokens) AND (cap_micros IS NULL OR micros <= cap_micros)
    ORDER BY org_id, month
    ON CONFLICT (org_id, month) DO UPDATE SET
      limit_tokens = EXCLUDED.limit_tokens,
      reserved_tokens = q.reserved_tokens + EXCLUDED.reserved_tokens,
      cap_micros = EXCLUDED.cap_micros,
      reserved_micros = q.reserved_micros + EXCLUDED.reserved_micros,
      updated_at = EXCLUDED.updated_at
    WHERE (EXCLUDED.limit_tokens IS NULL
        OR q.used_tokens + q.reserved_tokens + EXCLUDED.reserved_tokens <= EXCLUDED.limit_tokens)
      AND (EXCLUDED.cap_micros IS NULL
        OR q.spent_micros + q.reserved_micros + EXCLUDED.reserved_micros <= EXCLUDED.cap_micros)
    RETURNING q.org_id, q.month`;
}

/** The same for keys: `asked` selects `key_id`, `month`, `org_id`, `micros` and `cap_micros`. */
export function keyReservationSql(asked: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO key_spend AS k (key_id, month, org_id, cap_micros, spent_micros, reserved_micros, updated_at)
    SELECT key_id, month, org_id, cap_micros, 0, micros, now() FROM (${asked}) asked
    WHERE cap_micros IS NULL OR micros <= cap_micros
    ORDER BY key_id, month
    ON CONFLICT (key_id, month) DO UPDATE SET
      cap_micros = EXCLUDED.cap_micros,
      reserved_micros = k.reserved_micros + EXCLUDED.reserved_micros,
      updated_at = EXCLUDED.updated_at
    WHERE EXCLUDED.cap_micros IS NULL
      OR k.spent_micros + k.reserved_micros + EXCLUDED.reserved_micros <= EXCLUDED.cap_micros
    RETURNING k.key_id, k.month`;
}

/**
 * Tokens a month by the subscription `s` as it stands when the statement runs; null is unlimited. A plan that a caller
 * read seconds ago could let too much through after a downgrade, or refuse what an upgrade has just paid for.
 */
export const tokensOfSubscription: Prisma.Sql = Prisma.raw(
  `coalesce(s.custom_monthly_tokens, CASE s.plan ${Object.entries(plans)
    .map(([plan, { tokensPerMonth }]) => `WHEN '${plan}' THEN ${tokensPerMonth ?? "NULL"}`)
    .join(" ")} ELSE ${plans.free.tokensPerMonth} END::bigint)`,
);

/** Whether the subscription `s` pays for what goes past its quota: agreed to, and nothing owed. */
export const paysOverage: Prisma.Sql = Prisma.sql`
  coalesce(s.overage AND s.status IN ('active', 'trialing') AND s.stripe_subscription_id IS NOT NULL, false)`;
