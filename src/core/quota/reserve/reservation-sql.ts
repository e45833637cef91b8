import { Prisma } from "../../platform/db/client";

/**
 * Reserves tokens and money for organizations before a call, in one conditional upsert: however many run at once, used
 * plus reserved never exceeds quota or cap. `asked` selects `org_id`, `starts_at`, `tokens`, `limit_tokens`, `micros`
 * and `cap_micros`, one row per organization and period, null meaning no limit; rows that fit are returned. Rows are
 * locked in one order everywhere, organizations before keys, so that two such statements never deadlock.
 */
export function reservationSql(asked: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    INSERT INTO quota_counters AS q
      (org_id, starts_at, limit_tokens, used_tokens, reserved_tokens, cap_micros, spent_micros, reserved_micros, updated_at)
    SELECT org_id, starts_at, limit_tokens, 0, tokens, cap_micros, 0, micros, now() FROM (${asked}) asked
    WHERE (limit_tokens IS NULL OR tokens <= limit_tokens) AND (cap_micros IS NULL OR micros <= cap_micros)
    ORDER BY org_id, starts_at
    ON CONFLICT (org_id, starts_at) DO UPDATE SET
      limit_tokens = EXCLUDED.limit_tokens,
      reserved_tokens = q.reserved_tokens + EXCLUDED.reserved_tokens,
      cap_micros = EXCLUDED.cap_micros,
      reserved_micros = q.reserved_micros + EXCLUDED.reserved_micros,
      updated_at = EXCLUDED.updated_at
    WHERE (EXCLUDED.limit_tokens IS NULL
        OR q.used_tokens + q.reserved_tokens + EXCLUDED.reserved_tokens <= EXCLUDED.limit_tokens)
      AND (EXCLUDED.cap_micros IS NULL
        OR q.spent_micros + q.reserved_micros + EXCLUDED.reserved_micros <= EXCLUDED.cap_micros)
    RETURNING q.org_id, q.starts_at`;
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
