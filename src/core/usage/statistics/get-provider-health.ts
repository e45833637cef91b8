import { type Clock, type Db, type ErrorCode, HOUR, lowestIdAt, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { PLANNED_EACH_TIME } from "../../platform/db/statement-names";

/** Error codes for which the provider is to blame, unlike a declined prompt or an unsupported parameter. */
const PROVIDER_FAULTS: readonly ErrorCode[] = ["provider_error", "provider_timeout", "provider_unavailable"];

/** The share of failed requests from which an organization counts as affected. */
const AFFECTED_SHARE = 0.05;

export interface ProviderHealth {
  provider: string;
  /**
   * Live requests of the time asked for that completed or that the provider failed. Requests the customer got wrong are not
   * counted.
   */
  requests: number;
  /** The number of organizations they came from. */
  organizations: number;
  /** The number of organizations for which the provider failed at least one request in twenty. */
  affected: number;
  /** The share that completed, averaged over organizations so that none weighs more than another. */
  completedShare: number;
  /** The median over organizations of their median latency in milliseconds; null when none completed. */
  medianMs: number | null;
}

// A provider has problems when it fails at least three organizations, and at least 5% of those that use it. One
// customer's failures say nothing about the provider.
const LEAST_AFFECTED = 3;
const ENOUGH_REQUESTS = 20;

export function hasProblems({
  requests,
  organizations,
  affected,
}: Pick<ProviderHealth, "requests" | "organizations" | "affected">): boolean {
  return (
    requests >= ENOUGH_REQUESTS && affected >= LEAST_AFFECTED && affected / organizations >= AFFECTED_SHARE
  );
}

/**
 * How each provider did in the last hour (or `windowMs`), for all organizations. It reads that time by request id, because the
 * ledger's time index starts with the organization.
 */
export async function getProviderHealth(
  db: Db,
  clock: Clock = systemClock,
  windowMs: number = HOUR,
): Promise<ProviderHealth[]> {
  const since = new Date(clock.now().getTime() - windowMs);
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
        AND l.environment = 'live' AND l.status <> 'cancelled' AND l.cache_age_seconds IS NULL
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
