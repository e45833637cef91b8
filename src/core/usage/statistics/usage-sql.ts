import { QUEUE_ENDPOINT } from "../../../shared/endpoints";
import type { Environment, Own } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { andOwn } from "../../platform/db/rows/own-rows";
import { PLANNED_EACH_TIME } from "../../platform/db/statement-names";
import type { UsageGroup, UsageInterval, UsageQuery } from "../schemas";
import type { UsageRange } from "./usage-range";

/** The id stored for "no key" and "no member". */
export const NIL = "00000000-0000-0000-0000-000000000000";

export interface UsageAsk extends Omit<UsageQuery, "from" | "to" | "environment">, UsageRange {
  orgId: string;
  environment: Environment;
  /** Of whose requests; absent: of everyone's. */
  own?: Own | undefined;
}

/** How far the views reach; see the migration that creates them. */
export interface UsageWatermark {
  boundary: Date;
  historyXid: bigint;
  recentXid: bigint;
}

/**
 * The sources of a query's cells: the views, and the ledger rows not in them yet. To be read as the organization (`asOrganization`). Together they hold each ledger row
 * once. Hours before the boundary are in no view and come from the ledger, at most a month of it.
 */
export function usageSources(
  ask: UsageAsk,
  { boundary, historyXid, recentXid }: UsageWatermark,
): Prisma.Sql[] {
  const split = new Date(Math.min(Math.max(boundary.getTime(), ask.from.getTime()), ask.to.getTime()));
  const past = { ...ask, to: split };
  const recent = { ...ask, from: split };
  const hourly = ask.interval === "hour";
  return [
    ...(past.from < past.to
      ? hourly
        ? [ledgerCells(past)]
        : [viewCells("history", past), ledgerCells(past, historyXid)]
      : []),
    ...(recent.from < recent.to
      ? [viewCells(hourly ? "hourly" : "daily", recent), ledgerCells(recent, recentXid)]
      : []),
  ];
}

/** The recent ones are materialized, so a tenant's role reads them through views that filter by its organization (ADR 77). */
const viewNames = {
  hourly: "tenant_usage_statistics_hourly",
  daily: "tenant_usage_statistics_daily",
  history: "usage_statistics_history",
} as const;

function viewCells(view: keyof typeof viewNames, ask: UsageAsk): Prisma.Sql {
  return Prisma.sql`
    SELECT ${startSql(ask.interval, "bucket")} AS start, ${groupSql(ask.group_by)} AS grp, requests, completed, failed,
      cancelled, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros,
      cache_write_tokens, cache_hits, own_key_requests, own_key_micros, provider_micros, latency_buckets, latency_counts,
      latency_lows, latency_highs
    FROM ${Prisma.raw(viewNames[view])}
    WHERE org_id = ${ask.orgId}::uuid AND grain = ${grainOf(ask)}::int
      AND environment = ${ask.environment}::environment
      AND bucket >= ${ask.from.toISOString()}::timestamptz AND bucket < ${ask.to.toISOString()}::timestamptz
      ${filterSql(ask)} ${ask.endpoint === undefined ? Prisma.empty : Prisma.sql`AND endpoint = ${ask.endpoint}`}`;
}

/** Ledger rows summed per bucket, group and latency, in the shape of the views; all, or those since a transaction. */
export function ledgerCells(ask: UsageAsk, sinceXid?: bigint): Prisma.Sql {
  return Prisma.sql`
    SELECT start, grp, requests,
      CASE status WHEN 'completed' THEN requests ELSE 0 END AS completed,
      CASE status WHEN 'failed' THEN requests ELSE 0 END AS failed,
      CASE status WHEN 'cancelled' THEN requests ELSE 0 END AS cancelled,
      input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros,
      cache_write_tokens, cache_hits, own_key_requests, own_key_micros, provider_micros,
      CASE status WHEN 'completed' THEN ARRAY[latency] ELSE '{}' END AS latency_buckets,
      CASE status WHEN 'completed' THEN ARRAY[requests] ELSE '{}' END AS latency_counts,
      CASE status WHEN 'completed' THEN ARRAY[low] ELSE '{}' END AS latency_lows,
      CASE status WHEN 'completed' THEN ARRAY[high] ELSE '{}' END AS latency_highs
    FROM (
      SELECT ${startSql(ask.interval, "created_at")} AS start, ${ledgerGroupSql(ask.group_by)} AS grp, status,
        latency_bucket(latency_ms) AS latency, min(latency_ms) AS low, max(latency_ms) AS high,
        count(*) AS requests,
        sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
        sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
        sum(cost_micros)::bigint AS cost_micros,
        sum(cache_write_tokens + long_cache_write_tokens)::bigint AS cache_write_tokens,
        count(cache_age_seconds) AS cache_hits, count(*) FILTER (WHERE own_key) AS own_key_requests,
        coalesce(sum(cost_micros) FILTER (WHERE own_key), 0)::bigint AS own_key_micros,
        sum(provider_micros)::bigint AS provider_micros
      FROM usage_ledger
      WHERE org_id = ${ask.orgId}::uuid AND environment = ${ask.environment}::environment
        AND created_at >= ${ask.from.toISOString()}::timestamptz AND created_at < ${ask.to.toISOString()}::timestamptz
        ${sinceXid === undefined ? Prisma.empty : Prisma.sql`AND settled_xid >= ${sinceXid}::bigint`}
        ${filterSql(ask)} ${ledgerEndpointSql(ask.endpoint)}
      GROUP BY 1, 2, 3, 4
    ) ledger`;
}

/**
 * Merges the cells of several sources per bucket and group into one JSON text, because thousands of rows would cost
 * more to transfer. The watermark of the same moment comes with it. It must be passed as a value: a plan made without
 * it reads the organization's whole ledger.
 */
export function mergedSql(sources: readonly Prisma.Sql[]): Prisma.Sql {
  return Prisma.sql`
    WITH ${Prisma.raw(PLANNED_EACH_TIME)} cells AS MATERIALIZED (${Prisma.join([...sources], " UNION ALL ")}),
    sums AS (
      SELECT start, grp, sum(requests)::bigint AS requests, sum(completed)::bigint AS completed,
        sum(failed)::bigint AS failed, sum(cancelled)::bigint AS cancelled,
        sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
        sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
        sum(cost_micros)::bigint AS cost_micros, sum(cache_write_tokens)::bigint AS cache_write_tokens,
        sum(cache_hits)::bigint AS cache_hits, sum(own_key_requests)::bigint AS own_key_requests,
        sum(own_key_micros)::bigint AS own_key_micros, sum(provider_micros)::bigint AS provider_micros
      FROM cells GROUP BY start, grp
    ),
    latencies AS (
      SELECT start, grp, json_agg(bucket) AS buckets, json_agg(n) AS counts, json_agg(low) AS lows,
        json_agg(high) AS highs
      FROM (
        SELECT start, grp, bucket, sum(n)::bigint AS n, min(low) AS low, max(high) AS high
        FROM cells, unnest(latency_buckets, latency_counts, latency_lows, latency_highs)
          AS latency(bucket, n, low, high)
        GROUP BY start, grp, bucket
      ) merged
      GROUP BY start, grp
    )
    SELECT boundary, history_xid AS "historyXid", recent_xid AS "recentXid", (
      SELECT coalesce(json_agg(json_build_array(
          extract(epoch FROM start)::bigint, grp, requests, completed, failed, cancelled, input_tokens,
          cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, cache_write_tokens, cache_hits,
          own_key_requests, own_key_micros, provider_micros, buckets, counts, lows, highs
        ) ORDER BY start, grp), '[]')::text
      FROM sums LEFT JOIN latencies USING (start, grp)
    ) AS cells
    FROM usage_watermarks`;
}

/** The start of the bucket in UTC, whatever the session's time zone. */
function startSql(interval: UsageInterval, column: "bucket" | "created_at"): Prisma.Sql {
  return Prisma.sql`date_trunc(${interval}, ${Prisma.raw(column)}, 'UTC')`;
}

const groupColumn: Record<UsageGroup, Prisma.Sql> = {
  model: Prisma.sql`model`,
  api_key: Prisma.sql`coalesce(api_key_id, ${NIL}::uuid)::text`,
  status: Prisma.sql`status::text`,
  member: Prisma.sql`coalesce(user_id, ${NIL}::uuid)::text`,
  endpoint: Prisma.sql`endpoint`,
};

function groupSql(group: UsageGroup | undefined): Prisma.Sql {
  return group === undefined ? Prisma.sql`''::text` : groupColumn[group];
}

/** The ledger has no endpoint for requests through the queue; the views say it. */
function ledgerGroupSql(group: UsageGroup | undefined): Prisma.Sql {
  return group === "endpoint" ? Prisma.sql`coalesce(endpoint, ${QUEUE_ENDPOINT})` : groupSql(group);
}

function ledgerEndpointSql(endpoint: UsageQuery["endpoint"]): Prisma.Sql {
  if (endpoint === undefined) return Prisma.empty;
  return endpoint === QUEUE_ENDPOINT
    ? Prisma.sql`AND endpoint IS NULL`
    : Prisma.sql`AND endpoint = ${endpoint}`;
}

function filterSql({ model, api_key_id, status, own }: UsageAsk): Prisma.Sql {
  return Prisma.sql`${andOwn(own)}
    ${model === undefined ? Prisma.empty : Prisma.sql`AND model = ${model}`}
    ${api_key_id === undefined ? Prisma.empty : Prisma.sql`AND api_key_id = ${api_key_id}::uuid`}
    ${status === undefined ? Prisma.empty : Prisma.sql`AND status::text = ${status}`}`;
}

/** Each grain has the endpoint. */
type GrainDimension = Exclude<UsageGroup, "endpoint">;
const grainOfOne: Record<GrainDimension, number> = { api_key: 7, member: 0, model: 13, status: 0 };
const FINEST = 0;
const COARSEST = 15;

/** The coarsest grain that has every dimension the query names; hourly views have only the finest. */
function grainOf({ interval, group_by, model, api_key_id, status, own }: UsageAsk): number {
  if (interval === "hour" || (own !== undefined && "userId" in own)) return FINEST;
  const [first, ...others] = new Set<GrainDimension>([
    ...(group_by === undefined || group_by === "endpoint" ? [] : [group_by]),
    ...(model === undefined ? [] : ["model" as const]),
    ...(api_key_id === undefined && own === undefined ? [] : ["api_key" as const]),
    ...(status === undefined ? [] : ["status" as const]),
  ]);
  if (first === undefined) return COARSEST;
  return others.length === 0 ? grainOfOne[first] : FINEST;
}
