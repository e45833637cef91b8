-- Requests leave the database after 90 days: their content goes into objects of the object store, and a month's partition is dropped
-- once nothing in it is needed any more (ADR 78).

-- How long an organization keeps what it sends: days in the database, then days in the archive. Null: 90 and 365.
ALTER TABLE "organizations" ADD COLUMN "retention_days" SMALLINT, ADD COLUMN "archive_days" SMALLINT,
  ADD CONSTRAINT "organizations_retention_days" CHECK ("retention_days" BETWEEN 0 AND 90),
  ADD CONSTRAINT "organizations_archive_days" CHECK ("archive_days" BETWEEN 0 AND 365);
CREATE INDEX "organizations_own_retention_idx" ON "organizations" ("id") WHERE retention_days IS NOT NULL OR archive_days IS NOT NULL;

-- One object of an organization's requests of one environment: all between its first and last. Its key is encrypted under the
-- organization's data key.
CREATE TABLE "request_archives" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "environment" "environment" NOT NULL,
  "first_id" UUID NOT NULL,
  "last_id" UUID NOT NULL,
  "key_cipher" BYTEA NOT NULL,
  "requests" INTEGER NOT NULL DEFAULT 0,
  "bytes" BIGINT NOT NULL DEFAULT 0,
  -- Those that were deleted from the history: no longer found.
  "deleted_ids" UUID[] NOT NULL DEFAULT '{}',
  -- Set where some of them are still in the object.
  "rewrite_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  -- Null while the object is being written.
  "stored_at" TIMESTAMPTZ(3),
  CONSTRAINT "request_archives_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "request_archives_range" CHECK ("first_id" <= "last_id")
);
CREATE UNIQUE INDEX "request_archives_org_id_environment_first_id_key" ON "request_archives" ("org_id", "environment", "first_id");
-- One at a time for each organization and environment, so that its range is never planned twice.
CREATE UNIQUE INDEX "request_archives_one_unfinished" ON "request_archives" ("org_id", "environment") WHERE stored_at IS NULL;
CREATE INDEX "request_archives_rewrite_idx" ON "request_archives" ("rewrite_at") WHERE rewrite_at IS NOT NULL;

-- How far an organization's requests of one environment are beyond their time.
CREATE TABLE "request_retentions" (
  "org_id" UUID NOT NULL,
  "environment" "environment" NOT NULL,
  -- Up to here nothing needs its row any more: it is archived, or is not kept.
  "done_up_to" UUID NOT NULL,
  -- Up to here rows have lost their content.
  "emptied_up_to" UUID,
  CONSTRAINT "request_retentions_pkey" PRIMARY KEY ("org_id", "environment")
);

CREATE OR REPLACE FUNCTION partitions.retention(parent text) RETURNS interval
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  -- The ledger is the books: it is never dropped.
  SELECT CASE WHEN parent = 'inference_requests' THEN interval '90 days'
    WHEN parent IN ('audit_logs', 'audit_calls') THEN interval '7 years' END
$$;

-- Whether no request of a partition is needed any more. From one organization to the next by the index, not row by row.
CREATE FUNCTION partitions.requests_done(partition_name text) RETURNS boolean
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  needed boolean;
BEGIN
  IF partition_name !~ '^inference_requests_\d{4}_\d{2}$' THEN
    RAISE EXCEPTION '% is no partition of requests', partition_name USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format($query$
    WITH RECURSIVE newest AS (
      (SELECT org_id, environment, id FROM partitions.%1$I ORDER BY org_id, environment, created_at DESC, id DESC LIMIT 1)
      UNION ALL
      SELECT n.org_id, n.environment, n.id FROM newest s CROSS JOIN LATERAL (
        SELECT r.org_id, r.environment, r.id FROM partitions.%1$I r
        WHERE (r.org_id, r.environment) > (s.org_id, s.environment)
        ORDER BY r.org_id, r.environment, r.created_at DESC, r.id DESC LIMIT 1
      ) n
    )
    SELECT EXISTS (
      SELECT FROM newest n
      LEFT JOIN public.request_retentions d ON d.org_id = n.org_id AND d.environment = n.environment
      WHERE d.done_up_to IS NULL OR d.done_up_to < n.id
    ) OR EXISTS (SELECT FROM partitions.%1$I WHERE status IN ('queued', 'processing'))
    $query$, partition_name) INTO needed;
  RETURN NOT needed;
END $$;

CREATE OR REPLACE FUNCTION partitions.expired(parent text, at_time timestamptz) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT old.name FROM (
    SELECT c.relname::text AS name
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', parent)::regclass AND c.relnamespace = 'partitions'::regnamespace
      AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
        <= (least(at_time, now()) AT TIME ZONE 'UTC' - partitions.retention(parent)) AT TIME ZONE 'UTC'
    OFFSET 0
  ) old
  WHERE CASE WHEN parent = 'inference_requests' THEN partitions.requests_done(old.name) ELSE true END
  ORDER BY old.name
$$;
REVOKE ALL ON FUNCTION partitions.requests_done(text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partitions.requests_done(text) TO agathaai_app;
