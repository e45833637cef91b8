import { type Clock, HOUR, systemClock } from "../platform/clock";
import { type Db, Prisma } from "../platform/db";
import { lowestIdAt } from "../platform/ids";
import { PLANNED_EACH_TIME } from "../platform/statement-names";

export interface ProviderHealth {
  provider: string;
  /** Live requests that ended within the last hour, cancelled ones left out. */
  requests: number;
  failed: number;
  /** Median of the completed ones, milliseconds from acceptance to result; null when there was none. */
  medianMs: number | null;
}

/**
 * How each provider did for everybody in the last hour: sums over all organizations, which say nothing of any. Reads that
 * hour alone, by its ids: by time the ledger is in order for one organization at a time.
 */
export async function getProviderHealth(db: Db, clock: Clock = systemClock): Promise<ProviderHealth[]> {
  const since = new Date(clock.now().getTime() - HOUR);
  const rows = await db.$queryRaw<
    { provider: string; requests: bigint; failed: bigint; medianMs: number | null }[]
  >`
    SELECT ${Prisma.raw(PLANNED_EACH_TIME)} provider, count(*) AS "requests", count(*) FILTER (WHERE status = 'failed') AS "failed",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY latency_ms) FILTER (WHERE status = 'completed') AS "medianMs"
    FROM usage_ledger
    WHERE created_at >= ${since}::timestamptz AND request_id >= ${lowestIdAt(since)}::uuid AND environment = 'live' AND status <> 'cancelled'
    GROUP BY provider ORDER BY provider`;
  return rows.map(({ provider, requests, failed, medianMs }) => ({
    provider,
    requests: Number(requests),
    failed: Number(failed),
    medianMs: medianMs === null ? null : Math.round(medianMs),
  }));
}
