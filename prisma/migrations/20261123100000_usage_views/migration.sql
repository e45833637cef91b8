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

-- What is held where: rows accepted before `boundary` in the history, the others in the views, and of both those whose
-- transaction is below the mark. A mark is below every transaction that was still open when it was set, so nothing can
-- appear below it afterwards.
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

-- The days before the boundary. A month is added when it ends, and with it what came late for the months before: rows
-- add up, none is ever changed, and no month is read from the ledger twice.
CREATE TABLE "usage_statistics_history" (
    "id" BIGSERIAL NOT NULL,
    "org_id" UUID NOT NULL,
    "grain" INTEGER NOT NULL,
    "environment" "environment" NOT NULL,
    "bucket" TIMESTAMPTZ(3) NOT NULL,
    "api_key_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "model" TEXT NOT NULL,
    "status" TEXT NOT NULL,
    "requests" BIGINT NOT NULL,
    "completed" BIGINT NOT NULL,
    "failed" BIGINT NOT NULL,
    "cancelled" BIGINT NOT NULL,
    "input_tokens" BIGINT NOT NULL,
    "cached_input_tokens" BIGINT NOT NULL,
    "output_tokens" BIGINT NOT NULL,
    "reasoning_tokens" BIGINT NOT NULL,
    "cost_micros" BIGINT NOT NULL,
    "latency_buckets" INTEGER[],
    "latency_counts" BIGINT[],

    CONSTRAINT "usage_statistics_history_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "usage_statistics_history_org_idx" ON "usage_statistics_history"("org_id", "grain", "environment", "bucket");

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
    array_agg(requests ORDER BY latency) FILTER (WHERE status = 'completed') AS latency_counts
  FROM (
    SELECT org_id, environment, date_trunc('hour', created_at, 'UTC') AS bucket,
      coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
      coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
      model, status::text AS status, latency_bucket(latency_ms) AS latency,
      count(*) AS requests,
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
      array_agg(latency ORDER BY latency) AS latency_buckets, array_agg(n ORDER BY latency) AS latency_counts
    FROM (
      SELECT org_id, GROUPING(api_key_id, user_id, model, status) AS grain, environment, day AS bucket, api_key_id,
        user_id, model, status, latency, sum(n)::bigint AS n
      FROM hours, unnest(latency_buckets, latency_counts) AS l(latency, n)
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
    s.reasoning_tokens, s.cost_micros, l.latency_buckets, l.latency_counts
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
    latency_buckets, latency_counts
  FROM "usage_statistics_history";
