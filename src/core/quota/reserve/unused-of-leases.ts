import { Prisma } from "../../platform/db/client";

/*
 * What processes hold in budget leases for calls to come, as of their last report: part of the counters' reservations, but no running
 * request holds it, so that no figure that a customer sees contains it.
 */

/** Of the tokens of counter `q`. */
export const unusedTokens: Prisma.Sql = Prisma.sql`
  (SELECT coalesce(sum(l.free_tokens), 0)::bigint FROM budget_leases l WHERE l.org_id = q.org_id AND l.quota_period = q.starts_at)`;

/** Of the money of counter `o`, a calendar month's. */
export const unusedMicros: Prisma.Sql = Prisma.sql`
  (SELECT coalesce(sum(l.free_micros), 0)::bigint FROM budget_leases l
  WHERE l.org_id = o.org_id AND l.quota_month = (o.starts_at AT TIME ZONE 'UTC')::date)`;

/** Of the money of a key's month, row `m`. */
export const unusedKeyMicros: Prisma.Sql = Prisma.sql`
  (SELECT coalesce(sum(l.free_micros), 0)::bigint FROM budget_leases l
  WHERE l.org_id = m.org_id AND l.spend_id = m.key_id AND l.quota_month = m.month)`;
