-- Each latency bucket knows its lowest and its highest latency, so that a percentile lies between latencies that there
-- were (ADR 0030). The history of before has only buckets: their bounds stand in, because the ledger of a month that is
-- over may not be there any more.

ALTER TABLE "usage_statistics_history" ADD COLUMN "latency_lows" INTEGER[], ADD COLUMN "latency_highs" INTEGER[];

UPDATE "usage_statistics_history" SET
  "latency_lows" = ARRAY(
    SELECT CASE WHEN b < 0 THEN 0 ELSE ceil(power(2::float8, b / 4.0::float8))::int END
    FROM unnest("latency_buckets") WITH ORDINALITY AS l(b, place) ORDER BY place),
  "latency_highs" = ARRAY(
    SELECT CASE WHEN b < 0 THEN 0 ELSE greatest(ceil(power(2::float8, b / 4.0::float8)), ceil(power(2::float8, (b + 1) / 4.0::float8)) - 1)::int END
    FROM unnest("latency_buckets") WITH ORDINALITY AS l(b, place) ORDER BY place)
  WHERE "latency_buckets" IS NOT NULL;

DROP VIEW "usage_statistics";
DROP MATERIALIZED VIEW "usage_statistics_daily";
DROP MATERIALIZED VIEW "usage_statistics_hourly";

-- This month and the one before, by hour. A nil UUID stands for "no key" and "no member", so that the unique index can
-- carry a concurrent refresh.
CREATE MATERIALIZED VIEW "usage_statistics_hourly" AS
  SELECT org_id, 0 AS grain, environment, bucket, api_key_id, user_id, model, status,
    sum(requests)::bigint AS requests,
    sum(CASE status WHEN 'completed' THEN requests ELSE 0 END)::bigint AS completed,
    sum(CASE status WHEN 'failed' THEN requests ELSE 0 END)::bigint AS failed,
    sum(CASE status WHEN 'cancelled' THEN requests ELSE 0 END)::bigint AS cancelled,
    sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros,
    array_agg(latency ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_buckets,
    array_agg(requests ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_counts,
    array_agg(low ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_lows,
    array_agg(high ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_highs
  FROM (
    SELECT org_id, environment, date_trunc('hour', created_at, 'UTC') AS bucket,
      coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
      model, status::text AS status, latency_bucket(latency_ms) AS latency, min(latency_ms) AS low,
      max(latency_ms) AS high, count(*) AS requests,
      sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
      sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros
    FROM usage_ledger
    WHERE created_at >= (SELECT boundary FROM usage_marks) AND settled_xid < (SELECT recent_xid FROM usage_marks)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ) cells
  GROUP BY org_id, environment, bucket, api_key_id, user_id, model, status;
CREATE UNIQUE INDEX "usage_statistics_hourly_key" ON "usage_statistics_hourly"
  (org_id, grain, environment, bucket, api_key_id, user_id, model, status);

-- The same by day, made from the hours, in four grains: 0 has all dimensions, 7 the key alone, 13 the model alone, 15
-- none (GROUPING's bits: 8 key, 4 member, 2 model, 1 status). A chart reads the coarsest that can answer it; what a
-- grain leaves out is nil.
CREATE MATERIALIZED VIEW "usage_statistics_daily" AS
  WITH hours AS (
    SELECT *, date_trunc('day', bucket, 'UTC') AS day FROM usage_statistics_hourly
  ),
  sums AS (
    SELECT org_id, GROUPING(api_key_id, user_id, model, status) AS grain, environment, day AS bucket, api_key_id, user_id,
      model, status,
      sum(requests)::bigint AS requests, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
      sum(cancelled)::bigint AS cancelled,
      sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(cost_micros)::bigint AS cost_micros
    FROM hours
    GROUP BY org_id, environment, day, GROUPING SETS ((api_key_id, user_id, model, status), (api_key_id), (model), ())
  ),
  latencies AS (
    SELECT org_id, grain, environment, bucket, api_key_id, user_id, model, status,
      array_agg(latency ORDER BY latency) AS latency_buckets, array_agg(n ORDER BY latency) AS latency_counts,
      array_agg(low ORDER BY latency) AS latency_lows, array_agg(high ORDER BY latency) AS latency_highs
    FROM (
      SELECT org_id, GROUPING(api_key_id, user_id, model, status) AS grain, environment, day AS bucket, api_key_id,
        user_id, model, status, latency, sum(n)::bigint AS n, min(low) AS low, max(high) AS high
      FROM hours, unnest(latency_buckets, latency_counts, latency_lows, latency_highs) AS l(latency, n, low, high)
      GROUP BY org_id, environment, day, latency,
        GROUPING SETS ((api_key_id, user_id, model, status), (api_key_id), (model), ())
    ) merged
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  )
  SELECT s.org_id, s.grain, s.environment, s.bucket,
    coalesce(s.api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
    coalesce(s.user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
    coalesce(s.model, '') AS model, coalesce(s.status, '') AS status,
    s.requests, s.completed, s.failed, s.cancelled, s.input_tokens, s.cached_input_tokens, s.output_tokens,
    s.reasoning_tokens, s.cost_micros, l.latency_buckets, l.latency_counts, l.latency_lows, l.latency_highs
  FROM sums s
  LEFT JOIN latencies l ON l.org_id = s.org_id AND l.grain = s.grain AND l.environment = s.environment
    AND l.bucket = s.bucket AND coalesce(l.api_key_id::text, '') = coalesce(s.api_key_id::text, '')
    AND coalesce(l.user_id::text, '') = coalesce(s.user_id::text, '') AND coalesce(l.model, '') = coalesce(s.model, '')
    AND coalesce(l.status, '') = coalesce(s.status, '');
CREATE UNIQUE INDEX "usage_statistics_daily_key" ON "usage_statistics_daily"
  (org_id, grain, environment, bucket, api_key_id, user_id, model, status);

-- The whole of it under the name of the data model.
CREATE VIEW "usage_statistics" AS
  SELECT 'hour'::text AS granularity, h.* FROM "usage_statistics_hourly" h
  UNION ALL
  SELECT 'day'::text, d.* FROM "usage_statistics_daily" d
  UNION ALL
  SELECT 'day'::text, org_id, grain, environment, bucket, api_key_id, user_id, model, status, requests, completed,
    failed, cancelled, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros,
    latency_buckets, latency_counts, latency_lows, latency_highs
  FROM "usage_statistics_history";
