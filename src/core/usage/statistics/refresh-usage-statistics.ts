import { type Clock, MINUTE, startOfMonth, systemClock } from "../../platform/clock";
import { tryAdvisoryLock } from "../../platform/db/advisory-lock";
import type { Db } from "../../platform/db/client";
import { gatherHistory } from "./gather-history";

/**
 * Brings the usage statistics up to the ledger, without blocking readers (ADR 0011). The views are made from this month
 * and the one before; a month that is over goes into the history once. Marks and contents change in one commit, so
 * whoever reads both in one statement sees them agree. One refresh runs at a time; a second caller returns at once.
 */
export async function refreshUsageStatistics(
  db: Db,
  clock: Clock = systemClock,
): Promise<{ refreshed: boolean }> {
  const now = clock.now();
  const lastMonth = startOfMonth(new Date(startOfMonth(now).getTime() - 1));
  return db.$transaction(
    async (tx) => {
      if (!(await tryAdvisoryLock(tx, "usage-statistics"))) return { refreshed: false };
      const gathered = await gatherHistory(tx, lastMonth);
      await tx.$executeRaw`
        UPDATE usage_marks SET recent_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
          refreshed_at = ${now}::timestamptz`;
      await tx.$executeRaw`SELECT refresh_usage_statistics(${gathered})`;
      return { refreshed: true };
    },
    { timeout: 15 * MINUTE, maxWait: 10_000 },
  );
}
