-- Usage by endpoint, with the classes and sources that a bill has (ADR 0049): cache writes, answers from the cache, and
-- calls with the organization's own keys.
--
-- It is safe with any number of ledger rows and needs no backfill of them: the ledger has the endpoint already. Columns
-- are added without a rewrite, the views are created empty, and the mark says so: until the next refresh (15 minutes at
-- most) charts read their organization's two months from the ledger, exact as ever. Processes of the release before go on
-- reading: every grain keeps its number and its sums. They cannot add to the history, since the endpoint has no default.

-- No refresh is under way, which would hold the views for as long as it takes.
SELECT pg_advisory_xact_lock(7104026);

ALTER TABLE "usage_statistics_history"
  ADD COLUMN "endpoint" TEXT NOT NULL DEFAULT '/api/v1/inference',
  ADD COLUMN "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "cache_hits" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "own_key_requests" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "own_key_micros" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "provider_micros" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "usage_statistics_history" ALTER COLUMN "endpoint" DROP DEFAULT;

-- Before November 2026 there were neither endpoints nor these columns: what the history has of that time is right as it
-- stands. What it has of later months is taken out, and the next refresh gathers it from the ledger again.
DELETE FROM "usage_statistics_history" WHERE bucket >= '2026-11-01T00:00:00Z';
SELECT set_config('usage.boundary', least("boundary", '2026-11-01T00:00:00Z')::text, true) FROM "usage_marks";
-- Until the views are there: no partition of the ledger is read to find that none of its rows is in them.
UPDATE "usage_marks" SET "boundary" = 'infinity', "recent_xid" = 0;

DROP VIEW "usage_statistics";
DROP MATERIALIZED VIEW "usage_statistics_daily";
DROP MATERIALIZED VIEW "usage_statistics_hourly";

-- This month and the one before, by hour. A nil UUID stands for "no key" and "no member", so that the unique index can
-- carry a concurrent refresh; requests through the queue, whose ledger rows have no endpoint, stand under its own.
CREATE MATERIALIZED VIEW "usage_statistics_hourly" AS
  SELECT org_id, 0 AS grain, environment, bucket, endpoint, api_key_id, user_id, model, status,
    sum(requests)::bigint AS requests,
    sum(CASE status WHEN 'completed' THEN requests ELSE 0 END)::bigint AS completed,
    sum(CASE status WHEN 'failed' THEN requests ELSE 0 END)::bigint AS failed,
    sum(CASE status WHEN 'cancelled' THEN requests ELSE 0 END)::bigint AS cancelled,
    sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros, sum(cache_write_tokens)::bigint AS cache_write_tokens,
    sum(cache_hits)::bigint AS cache_hits, sum(own_key_requests)::bigint AS own_key_requests,
    sum(own_key_micros)::bigint AS own_key_micros, sum(provider_micros)::bigint AS provider_micros,
    array_agg(latency ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_buckets,
    array_agg(requests ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_counts,
    array_agg(low ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_lows,
    array_agg(high ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_highs
  FROM (
    SELECT org_id, environment, date_trunc('hour', created_at, 'UTC') AS bucket,
      coalesce(endpoint, '/api/v1/inference') AS endpoint,
      coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
      model, status::text AS status, latency_bucket(latency_ms) AS latency, min(latency_ms) AS low,
      max(latency_ms) AS high, count(*) AS requests,
      sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
      sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros,
      sum(cache_write_tokens + long_cache_write_tokens) AS cache_write_tokens, count(cache_age_seconds) AS cache_hits,
      count(*) FILTER (WHERE own_key) AS own_key_requests,
      coalesce(sum(cost_micros) FILTER (WHERE own_key), 0) AS own_key_micros, sum(provider_micros) AS provider_micros
    FROM usage_ledger
    WHERE created_at >= (SELECT boundary FROM usage_marks) AND settled_xid < (SELECT recent_xid FROM usage_marks)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  ) cells
  GROUP BY org_id, environment, bucket, endpoint, api_key_id, user_id, model, status;
CREATE UNIQUE INDEX "usage_statistics_hourly_key" ON "usage_statistics_hourly"
  (org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status);

-- The same by day, made from the hours, in four grains, each by endpoint: 0 has all dimensions, 7 the key alone, 13 the
-- model alone, 15 none (GROUPING's bits: 8 key, 4 member, 2 model, 1 status). A chart reads the coarsest that can answer
-- it; what a grain leaves out is nil.
CREATE MATERIALIZED VIEW "usage_statistics_daily" AS
  WITH hours AS (
    SELECT *, date_trunc('day', bucket, 'UTC') AS day FROM usage_statistics_hourly
  ),
  sums AS (
    SELECT org_id, GROUPING(api_key_id, user_id, model, status) AS grain, environment, day AS bucket, endpoint, api_key_id,
      user_id, model, status,
      sum(requests)::bigint AS requests, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
      sum(cancelled)::bigint AS cancelled,
      sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(cost_micros)::bigint AS cost_micros, sum(cache_write_tokens)::bigint AS cache_write_tokens,
      sum(cache_hits)::bigint AS cache_hits, sum(own_key_requests)::bigint AS own_key_requests,
      sum(own_key_micros)::bigint AS own_key_micros, sum(provider_micros)::bigint AS provider_micros
    FROM hours
    GROUP BY org_id, environment, day, endpoint,
      GROUPING SETS ((api_key_id, user_id, model, status), (api_key_id), (model), ())
  ),
  latencies AS (
    SELECT org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status,
      array_agg(latency ORDER BY latency) AS latency_buckets, array_agg(n ORDER BY latency) AS latency_counts,
      array_agg(low ORDER BY latency) AS latency_lows, array_agg(high ORDER BY latency) AS latency_highs
    FROM (
      SELECT org_id, GROUPING(api_key_id, user_id, model, status) AS grain, environment, day AS bucket, endpoint,
        api_key_id, user_id, model, status, latency, sum(n)::bigint AS n, min(low) AS low, max(high) AS high
      FROM hours, unnest(latency_buckets, latency_counts, latency_lows, latency_highs) AS l(latency, n, low, high)
      GROUP BY org_id, environment, day, endpoint, latency,
        GROUPING SETS ((api_key_id, user_id, model, status), (api_key_id), (model), ())
    ) merged
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
  )
  SELECT s.org_id, s.grain, s.environment, s.bucket, s.endpoint,
    coalesce(s.api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
    coalesce(s.user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
    coalesce(s.model, '') AS model, coalesce(s.status, '') AS status,
    s.requests, s.completed, s.failed, s.cancelled, s.input_tokens, s.cached_input_tokens, s.output_tokens,
    s.reasoning_tokens, s.cost_micros, s.cache_write_tokens, s.cache_hits, s.own_key_requests, s.own_key_micros,
    s.provider_micros, l.latency_buckets, l.latency_counts, l.latency_lows, l.latency_highs
  FROM sums s
  LEFT JOIN latencies l ON l.org_id = s.org_id AND l.grain = s.grain AND l.environment = s.environment
    AND l.bucket = s.bucket AND l.endpoint = s.endpoint AND coalesce(l.api_key_id::text, '') = coalesce(s.api_key_id::text, '')
    AND coalesce(l.user_id::text, '') = coalesce(s.user_id::text, '') AND coalesce(l.model, '') = coalesce(s.model, '')
    AND coalesce(l.status, '') = coalesce(s.status, '');
CREATE UNIQUE INDEX "usage_statistics_daily_key" ON "usage_statistics_daily"
  (org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status);

-- The whole of it under the name of the data model.
CREATE VIEW "usage_statistics" AS
  SELECT 'hour'::text AS granularity, h.* FROM "usage_statistics_hourly" h
  UNION ALL
  SELECT 'day'::text, d.* FROM "usage_statistics_daily" d
  UNION ALL
  SELECT 'day'::text, org_id, grain, environment, bucket, endpoint, api_key_id, user_id, model, status, requests, completed,
    failed, cancelled, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros,
    cache_write_tokens, cache_hits, own_key_requests, own_key_micros, provider_micros, latency_buckets, latency_counts,
    latency_lows, latency_highs
  FROM "usage_statistics_history";

UPDATE "usage_marks" SET "boundary" = current_setting('usage.boundary')::timestamptz;
