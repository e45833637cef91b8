import { type Db, Prisma } from "@agathaai/core/platform/db/client";

/** Rows that nothing reads any more. A margin after their end keeps "expired" apart from "unknown" in answers. */
const expired: Record<string, Prisma.Sql> = {
  idempotency_keys: Prisma.sql`expires_at < now()`,
  rate_limit_buckets: Prisma.sql`expires_at < now()`,
  email_tokens: Prisma.sql`expires_at < now() - interval '7 days'`,
  refresh_tokens: Prisma.sql`expires_at < now() - interval '1 day'`,
  sessions: Prisma.sql`expires_at < now() - interval '30 days' OR revoked_at < now() - interval '30 days'`,
  usage_notices: Prisma.sql`starts_at < now() - interval '3 months'`,
  known_places: Prisma.sql`last_seen_at < now() - interval '90 days'`,
  oauth_artifacts: Prisma.sql`expires_at < now() - interval '1 day'`,
  // Stripe sends again, and lists, what is at most 30 days old.
  stripe_events: Prisma.sql`received_at < now() - interval '60 days'`,
  // Invoiced long ago; the ledger keeps what was used. What was refused stays: somebody has to decide about it.
  overage_reports: Prisma.sql`reported_at < now() - interval '100 days'`,
};

const ROWS_A_STATEMENT = 5_000;

/** Deletes in short statements, so that nobody waits behind a long lock. Returns what it deleted, by table. */
export async function expireRows(db: Db, signal: AbortSignal): Promise<Record<string, number>> {
  const deleted: Record<string, number> = {};
  for (const [table, condition] of Object.entries(expired)) {
    const name = Prisma.raw(`"${table}"`);
    let count = ROWS_A_STATEMENT;
    while (count === ROWS_A_STATEMENT && !signal.aborted) {
      count = await db.$executeRaw`
        DELETE FROM ${name} WHERE ctid IN (SELECT ctid FROM ${name} WHERE ${condition} LIMIT ${ROWS_A_STATEMENT})`;
      deleted[table] = (deleted[table] ?? 0) + count;
    }
  }
  return deleted;
}
