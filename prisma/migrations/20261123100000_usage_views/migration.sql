-- Usage statistics anew (ADR 0011): every view knows exactly which ledger rows it holds, so that view and live tail
-- together are the ledger at every moment, and a refresh reads two months of it, not all.

-- The transaction that wrote the row. `settled_at` cannot part view from tail: of two transactions the later may
-- commit first. Rows from before this migration are older than every mark.
ALTER TABLE "usage_ledger" ADD COLUMN "settled_xid" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "usage_ledger" ALTER COLUMN "settled_xid" SET DEFAULT (pg_current_xact_id()::text::bigint);
-- One customer's tail, however much the others do.
CREATE INDEX "usage_ledger_org_xid_idx" ON "usage_ledger"("org_id", "settled_xid");

-- A fourth of an octave a bucket: bucket b holds [2^(b/4), 2^((b+1)/4)) milliseconds, -1 holds zero.
CREATE FUNCTION latency_bucket(ms int) RETURNS int
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$ SELECT CASE WHEN ms < 1 THEN -1 ELSE floor(4 * ln(ms::float8) / ln(2::float8))::int END $$;

-- What the views hold: rows accepted before `boundary` in the history, the others in the recent ones, and of both
-- those whose transaction is below the mark. A mark is below every transaction that was still open when it was set,
-- so nothing can appear below it afterwards.
CREATE TABLE "usage_marks" (
    "id" INTEGER NOT NULL DEFAULT 1,
    "boundary" TIMESTAMPTZ(3) NOT NULL,
    "history_xid" BIGINT NOT NULL,
    "recent_xid" BIGINT NOT NULL,
    "refreshed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_marks_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "usage_marks_one_row" CHECK ("id" = 1)
);
INSERT INTO "usage_marks" ("boundary", "history_xid", "recent_xid", "refreshed_at") VALUES ('epoch', 0, 0, now());

DROP VIEW "usage_statistics";
DROP MATERIALIZED VIEW "usage_statistics_daily";
DROP MATERIALIZED VIEW "usage_statistics_hourly";

-- The grains of every view: 0 has all four dimensions; 7, 11, 13 and 14 have the key, the member, the model or the
-- status alone (GROUPING's bits: 8 key, 4 member, 2 model, 1 status); 15 has none. A chart reads the coarsest grain
-- that can answer it. What a grain leaves out is nil; so is a request's missing key or member.
CREATE MATERIALIZED VIEW "usage_statistics_hourly" AS
  WITH finest AS (
    SELECT org_id, environment, date_trunc('hour', created_at, 'UTC') AS bucket,
      coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
      model, status, latency_bucket(latency_ms) AS latency,
      count(*) AS requests,
      sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
      sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros
    FROM usage_ledger
    WHERE created_at >= (SELECT boundary FROM usage_marks) AND settled_xid < (SELECT recent_xid FROM usage_marks)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ),
  cells AS (
    SELECT org_id, environment, bucket, api_key_id, user_id, model, status, latency,
      GROUPING(api_key_id, user_id, model, status) AS grain,
      sum(requests)::bigint AS requests,
      sum(requests) FILTER (WHERE status = 'completed')::bigint AS completed,
      sum(requests) FILTER (WHERE status = 'failed')::bigint AS failed,
      sum(requests) FILTER (WHERE status = 'cancelled')::bigint AS cancelled,
      sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(cost_micros)::bigint AS cost_micros
    FROM finest
    GROUP BY org_id, environment, bucket, latency, GROUPING SETS (
      (api_key_id, user_id, model, status), (api_key_id), (user_id), (model), (status), ())
  )
  SELECT org_id, grain, environment, bucket,
    coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
    coalesce(model, '') AS model, coalesce(status::text, '') AS status,
    sum(requests)::bigint AS requests,
    coalesce(sum(completed), 0)::bigint AS completed,
    coalesce(sum(failed), 0)::bigint AS failed,
    coalesce(sum(cancelled), 0)::bigint AS cancelled,
    sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros,
    array_agg(latency ORDER BY latency) FILTER (WHERE completed > 0) AS latency_buckets,
    array_agg(completed ORDER BY latency) FILTER (WHERE completed > 0) AS latency_counts
  FROM cells
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
CREATE UNIQUE INDEX "usage_statistics_hourly_key" ON "usage_statistics_hourly"
  (org_id, grain, environment, bucket, api_key_id, user_id, model, status);

-- The same rows by day, made from the hours.
CREATE MATERIALIZED VIEW "usage_statistics_daily" AS
  WITH sums AS (
    SELECT org_id, grain, environment, date_trunc('day', bucket, 'UTC') AS bucket, api_key_id, user_id, model, status,
      sum(requests)::bigint AS requests, sum(completed)::bigint AS completed, sum(failed)::bigint AS failed,
      sum(cancelled)::bigint AS cancelled,
      sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(cost_micros)::bigint AS cost_micros
    FROM usage_statistics_hourly
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ),
  latencies AS (
    SELECT org_id, grain, environment, bucket, api_key_id, user_id, model, status,
      array_agg(latency ORDER BY latency) AS latency_buckets, array_agg(n ORDER BY latency) AS latency_counts
    FROM (
      SELECT org_id, grain, environment, date_trunc('day', bucket, 'UTC') AS bucket, api_key_id, user_id, model, status,
        latency, sum(n)::bigint AS n
      FROM usage_statistics_hourly, unnest(latency_buckets, latency_counts) AS l(latency, n)
      GROUP BY 1, 2, 3, 4, 5, 6, 7, 8, 9
    ) merged
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  )
  SELECT sums.*, latency_buckets, latency_counts
  FROM sums LEFT JOIN latencies USING (org_id, grain, environment, bucket, api_key_id, user_id, model, status);
CREATE UNIQUE INDEX "usage_statistics_daily_key" ON "usage_statistics_daily"
  (org_id, grain, environment, bucket, api_key_id, user_id, model, status);

-- Everything before the boundary, by day: refreshed when the month changes.
CREATE MATERIALIZED VIEW "usage_statistics_history" AS
  WITH finest AS (
    SELECT org_id, environment, date_trunc('day', created_at, 'UTC') AS bucket,
      coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
      model, status, latency_bucket(latency_ms) AS latency,
      count(*) AS requests,
      sum(input_tokens) AS input_tokens, sum(cached_input_tokens) AS cached_input_tokens,
      sum(output_tokens) AS output_tokens, sum(reasoning_tokens) AS reasoning_tokens, sum(cost_micros) AS cost_micros
    FROM usage_ledger
    WHERE created_at < (SELECT boundary FROM usage_marks) AND settled_xid < (SELECT history_xid FROM usage_marks)
    GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
  ),
  cells AS (
    SELECT org_id, environment, bucket, api_key_id, user_id, model, status, latency,
      GROUPING(api_key_id, user_id, model, status) AS grain,
      sum(requests)::bigint AS requests,
      sum(requests) FILTER (WHERE status = 'completed')::bigint AS completed,
      sum(requests) FILTER (WHERE status = 'failed')::bigint AS failed,
      sum(requests) FILTER (WHERE status = 'cancelled')::bigint AS cancelled,
      sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
      sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
      sum(cost_micros)::bigint AS cost_micros
    FROM finest
    GROUP BY org_id, environment, bucket, latency, GROUPING SETS (
      (api_key_id, user_id, model, status), (api_key_id), (user_id), (model), (status), ())
  )
  SELECT org_id, grain, environment, bucket,
    coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
    coalesce(model, '') AS model, coalesce(status::text, '') AS status,
    sum(requests)::bigint AS requests,
    coalesce(sum(completed), 0)::bigint AS completed,
    coalesce(sum(failed), 0)::bigint AS failed,
    coalesce(sum(cancelled), 0)::bigint AS cancelled,
    sum(input_tokens)::bigint AS input_tokens, sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens, sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros,
    array_agg(latency ORDER BY latency) FILTER (WHERE completed > 0) AS latency_buckets,
    array_agg(completed ORDER BY latency) FILTER (WHERE completed > 0) AS latency_counts
  FROM cells
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
CREATE UNIQUE INDEX "usage_statistics_history_key" ON "usage_statistics_history"
  (org_id, grain, environment, bucket, api_key_id, user_id, model, status);

-- The whole of it under the name of the data model.
CREATE VIEW "usage_statistics" AS
  SELECT 'hour'::text AS granularity, h.* FROM "usage_statistics_hourly" h
  UNION ALL
  SELECT 'day'::text, d.* FROM "usage_statistics_daily" d
  UNION ALL
  SELECT 'day'::text, d.* FROM "usage_statistics_history" d;
