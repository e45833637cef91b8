import { QUEUE_ENDPOINT } from "../../../shared/endpoints";
import { type Clock, type Db, MINUTE, startOfMonth, systemClock, type Tx } from "../../platform";
import { tryAdvisoryLock } from "../../platform/db/advisory-lock";
import { Prisma } from "../../platform/db/client";
import { NIL } from "./usage-sql";

/**
 * Brings the usage statistics up to date with the ledger without blocking readers (ADR 11). The views cover this month
 * and the last; a finished month is added to the history once. Watermark and contents change in one commit, so one
 * statement always sees both agree. One refresh runs at a time; a second caller returns at once.
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
        UPDATE usage_watermarks SET recent_xid = pg_snapshot_xmin(pg_current_snapshot())::text::bigint,
          refreshed_at = ${now}::timestamptz`;
      await tx.$executeRaw`SELECT refresh_usage_statistics(${gathered})`;
      return { refreshed: true };
    },
    { timeout: 15 * MINUTE, maxWait: 10_000 },
  );
}

/**
 * Moves the boundary between history and recent views: adds the finished months to the history, and late rows of the
 * months before. It only adds rows, so each month's ledger is read once. Returns whether the boundary moved.
 */
export async function gatherHistory(tx: Tx, boundary: Date): Promise<boolean> {
  const to = Prisma.sql`${boundary.toISOString()}::timestamptz`;
  const [next] = await tx.$queryRaw<{ xid: bigint }[]>`
    SELECT pg_snapshot_xmin(pg_current_snapshot())::text::bigint AS xid FROM usage_watermarks WHERE boundary < ${to}`;
  if (next === undefined) return false;
  await tx.$executeRaw`
    INSERT INTO usage_statistics_history (
      org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status, requests, completed, failed,
      cancelled, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, cache_write_tokens,
      cache_hits, own_key_requests, own_key_micros, provider_micros, latency_buckets, latency_counts, latency_lows,
      latency_highs)
    WITH finest AS (
      SELECT org_id, environment, date_trunc('day', created_at, 'UTC') AS bucket,
        coalesce(endpoint, ${QUEUE_ENDPOINT}) AS endpoint,
        coalesce(api_key_id, ${NIL}::uuid) AS api_key_id, coalesce(user_id, ${NIL}::uuid) AS user_id,
        model, status::text AS status, latency_bucket(latency_ms) AS latency, min(latency_ms) AS low,
        max(latency_ms) AS high, count(*) AS requests,
        sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
        sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros,
        sum(cache_write_tokens + long_cache_write_tokens) AS cache_write_tokens, count(cache_age_seconds) AS cache_hits,
        count(*) FILTER (WHERE own_key) AS own_key_requests,
        coalesce(sum(cost_micros) FILTER (WHERE own_key), 0) AS own_key_micros, sum(provider_micros) AS provider_micros
      FROM usage_ledger, (SELECT boundary AS old_boundary, history_xid AS old_xid FROM usage_watermarks) watermark
      WHERE created_at < ${to} AND settled_xid < ${next.xid}::bigint
        AND (created_at >= old_boundary OR settled_xid >= old_xid)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ),
    cells AS (
      SELECT org_id, environment, bucket, endpoint, api_key_id, user_id, model, status, latency,
        GROUPING(api_key_id, user_id, model, status) AS grain,
        min(low) FILTER (WHERE status = 'completed') AS low, max(high) FILTER (WHERE status = 'completed') AS high,
        sum(requests) AS requests,
        coalesce(sum(requests) FILTER (WHERE status = 'completed'), 0)::bigint AS completed,
        coalesce(sum(requests) FILTER (WHERE status = 'failed'), 0) AS failed,
        coalesce(sum(requests) FILTER (WHERE status = 'cancelled'), 0) AS cancelled,
        sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
        sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros,
        sum(cache_write_tokens) AS cache_write_tokens, sum(cache_hits) AS cache_hits,
        sum(own_key_requests) AS own_key_requests, sum(own_key_micros) AS own_key_micros,
        sum(provider_micros) AS provider_micros
      FROM finest
      GROUP BY org_id, environment, bucket, endpoint, latency,
        GROUPING SETS ((api_key_id, user_id, model, status), (api_key_id), (model), ())
    )
    SELECT org_id, grain, environment, bucket, endpoint, coalesce(api_key_id, ${NIL}::uuid), coalesce(user_id, ${NIL}::uuid),
      coalesce(model, ''), coalesce(status, ''), sum(requests), sum(completed), sum(failed), sum(cancelled),
      sum(input_tokens), sum(cached_input_tokens), sum(output_tokens), sum(reasoning_tokens), sum(cost_micros),
      sum(cache_write_tokens), sum(cache_hits), sum(own_key_requests), sum(own_key_micros), sum(provider_micros),
      array_agg(latency ORDER BY latency) FILTER (WHERE completed > 0),
      array_agg(completed ORDER BY latency) FILTER (WHERE completed > 0),
      array_agg(low ORDER BY latency) FILTER (WHERE completed > 0),
      array_agg(high ORDER BY latency) FILTER (WHERE completed > 0)
    FROM cells
    GROUP BY org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status`;
  await tx.$executeRaw`UPDATE usage_watermarks SET boundary = ${to}, history_xid = ${next.xid}::bigint`;
  return true;
}
