import { type Clock, HOUR, systemClock } from "../../platform/clock";
import { type Db, Prisma } from "../../platform/db/client";
import { PLANNED_EACH_TIME } from "../../platform/db/statement-names";
import type { ErrorCode } from "../../platform/errors";
import { lowestIdAt } from "../../platform/ids";

/** How a request fails when the provider is to blame: not for a prompt it declined, or parameters it does not take. */
const PROVIDER_FAULTS: readonly ErrorCode[] = ["provider_error", "provider_timeout", "provider_unavailable"];

/** An organization is affected from this share of its own requests on. */
const AFFECTED_SHARE = 0.05;

export interface ProviderHealth {
  provider: string;
  /** Live requests of the last hour that completed or that the provider failed. What a customer asked wrongly is neither. */
  requests: number;
  /** Whose requests these are. */
  organizations: number;
  /** Of them, those for whom the provider failed one in twenty requests or more. */
  affected: number;
  /** The share that completed: the mean over organizations, so that none has more weight than another. */
  completedShare: number;
  /** The median over organizations of their median, milliseconds from acceptance to result; null when none completed. */
  medianMs: number | null;
}

/**
 * How each provider did for everybody in the last hour. Reads that hour alone, by its ids: by time the ledger is in order
 * for one organization at a time.
 */
export async function getProviderHealth(db: Db, clock: Clock = systemClock): Promise<ProviderHealth[]> {
  const since = new Date(clock.now().getTime() - HOUR);
  const rows = await db.$queryRaw<
    {
      provider: string;
      requests: bigint;
      organizations: bigint;
      affected: bigint;
      completedShare: number;
      medianMs: number | null;
    }[]
  >`
    WITH ${Prisma.raw(PLANNED_EACH_TIME)} organizations AS (
      SELECT l.provider, count(*) FILTER (WHERE l.status = 'completed') AS completed,
        count(*) FILTER (WHERE r.error_code IN (${Prisma.join(PROVIDER_FAULTS)})) AS faults,
        percentile_cont(0.5) WITHIN GROUP (ORDER BY l.latency_ms) FILTER (WHERE l.status = 'completed') AS median
      FROM usage_ledger l
      LEFT JOIN inference_requests r
        ON l.status = 'failed' AND r.id = l.request_id AND r.created_at = l.created_at
          AND r.created_at >= ${since}::timestamptz
      WHERE l.created_at >= ${since}::timestamptz AND l.request_id >= ${lowestIdAt(since)}::uuid
        AND l.environment = 'live' AND l.status <> 'cancelled'
      GROUP BY l.provider, l.org_id
    )
    SELECT provider, sum(completed + faults)::bigint AS requests, count(*) AS organizations,
      count(*) FILTER (WHERE faults::float8 / (completed + faults) >= ${AFFECTED_SHARE}::float8) AS affected,
      avg(completed::float8 / (completed + faults)) AS "completedShare",
      percentile_cont(0.5) WITHIN GROUP (ORDER BY median) FILTER (WHERE median IS NOT NULL) AS "medianMs"
    FROM organizations WHERE completed + faults > 0
    GROUP BY provider ORDER BY provider`;
  return rows.map(({ provider, requests, organizations, affected, completedShare, medianMs }) => ({
    provider,
    requests: Number(requests),
    organizations: Number(organizations),
    affected: Number(affected),
    completedShare,
    medianMs: medianMs === null ? null : Math.round(medianMs),
  }));
}
