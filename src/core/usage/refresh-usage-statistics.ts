import { type Clock, startOfMonth, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";

/** Any number: it names this job among the database's advisory locks. */
const LOCK = 7_104_026;

/**
 * Brings the usage views up to the ledger, without blocking readers (ADR 0011). Recent views are made from this month
 * and the one before; the history before that is read again only when the month changes. Marks and views change in one
 * commit, so whoever reads both in one statement sees them agree. One refresh runs at a time; a second caller returns
 * at once.
 */
export async function refreshUsageStatistics(
  db: Db,
  clock: Clock = systemClock,
): Promise<{ refreshed: boolean }> {
  const now = clock.now();
  const boundary = startOfMonth(new Date(startOfMonth(now).getTime() - 1)).toISOString();
  return db.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<
        { held: boolean }[]
      >`SELECT pg_try_advisory_xact_lock(${LOCK}) AS held`;
      if (!lock?.held) return { refreshed: false };
      const moved = await tx.$executeRaw`
        UPDATE usage_marks SET boundary = ${boundary}::timestamptz,
          history_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint
        WHERE boundary <> ${boundary}::timestamptz`;
      await tx.$executeRaw`
        UPDATE usage_marks SET recent_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
          refreshed_at = ${now}::timestamptz`;
      if (moved > 0) await tx.$executeRaw`REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_history`;
      await tx.$executeRaw`REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_hourly`;
      await tx.$executeRaw`REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_daily`;
      return { refreshed: true };
    },
    { timeout: 10 * 60_000, maxWait: 10_000 },
  );
}
