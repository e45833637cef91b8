import type { Db } from "../platform/db";

/** Any number: it names this job among the database's advisory locks. */
const LOCK = 7_104_026;

/**
 * Brings the usage views up to the ledger, without blocking readers. One refresh runs at a time; a second caller
 * returns at once. The day's view is made from the hour's, so the order matters.
 */
export async function refreshUsageStatistics(db: Db): Promise<{ refreshed: boolean }> {
  return db.$transaction(
    async (tx) => {
      const [lock] = await tx.$queryRaw<
        { held: boolean }[]
      >`SELECT pg_try_advisory_xact_lock(${LOCK}) AS held`;
      if (!lock?.held) return { refreshed: false };
      await tx.$executeRaw`REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_hourly`;
      await tx.$executeRaw`REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_daily`;
      return { refreshed: true };
    },
    { timeout: 10 * 60_000, maxWait: 10_000 },
  );
}
