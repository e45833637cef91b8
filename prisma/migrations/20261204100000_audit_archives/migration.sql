-- Audit entries leave the database after 400 days: their weeks go into objects of the object store, and a week's partition is dropped once
-- all its rows are in objects that were noted here (ADR 100).

-- 1. What an object holds: rows of one chain and one week. Signed by the process that wrote it and read it back, with a key that no database
-- knows: a row that somebody else puts here says nothing.
CREATE TABLE "audit_archives" (
  "id" UUID NOT NULL,
  "chain_id" TEXT NOT NULL,
  -- The table whose rows they were.
  "source" TEXT NOT NULL,
  "partition" TEXT NOT NULL,
  "part" INTEGER NOT NULL,
  "rows" INTEGER NOT NULL,
  -- Of calls: those of their batches.
  "first_sequence" BIGINT NOT NULL,
  "last_sequence" BIGINT NOT NULL,
  "first_at" TIMESTAMPTZ(3) NOT NULL,
  "last_at" TIMESTAMPTZ(3) NOT NULL,
  "first_id" UUID NOT NULL,
  "last_id" UUID NOT NULL,
  -- What the first row continues, and the hash that is continued after the last. Empty for calls.
  "first_prev_hash" BYTEA NOT NULL,
  "last_hash" BYTEA NOT NULL,
  -- Rows before the last one that belong to a later week.
  "remaining" BIGINT[] NOT NULL,
  -- Of the rows, as the database makes it too before it drops them; and of the object.
  "rows_digest" BYTEA NOT NULL,
  "object_digest" BYTEA NOT NULL,
  "bytes" BIGINT NOT NULL,
  "archived_at" TIMESTAMPTZ(3) NOT NULL,
  "signature" BYTEA NOT NULL,
  CONSTRAINT "audit_archives_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "audit_archives_source" CHECK ("source" IN ('audit_logs', 'audit_calls'))
);
CREATE UNIQUE INDEX "audit_archives_chain_id_source_partition_part_key" ON "audit_archives" ("chain_id", "source", "partition", "part");
CREATE INDEX "audit_archives_partition_idx" ON "audit_archives" ("partition");

-- 2. Weeks that were moved: only from then on are their objects the log. Written by the function that drops them, and by nobody else.
CREATE TABLE "audit_moved_weeks" (
  "partition" TEXT NOT NULL,
  "source" TEXT NOT NULL,
  "since" TIMESTAMPTZ(3) NOT NULL,
  "until" TIMESTAMPTZ(3) NOT NULL,
  "objects" INTEGER NOT NULL,
  "rows" BIGINT NOT NULL,
  -- Of the signatures of all its objects.
  "digest" BYTEA NOT NULL,
  "moved_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "audit_moved_weeks_pkey" PRIMARY KEY ("partition")
);
CREATE TRIGGER "audit_moved_weeks_append_only" BEFORE UPDATE OR DELETE ON "audit_moved_weeks"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_moved_weeks_no_truncate" BEFORE TRUNCATE ON "audit_moved_weeks"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 3. Which objects are past seven years: their week is, nobody is obliged to keep them, and the log says how far it was pruned. The chain
-- `system` tells of people too, so it waits for all of them that are held.
CREATE FUNCTION audit_expired_archives(at_time timestamptz) RETURNS SETOF uuid
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT a.id FROM public.audit_archives a JOIN public.audit_moved_weeks w ON w.partition = a.partition
  WHERE w.until <= (least(at_time, now()) AT TIME ZONE 'UTC' - interval '7 years') AT TIME ZONE 'UTC'
    AND NOT EXISTS (
      SELECT FROM public.legal_holds h
      WHERE h.released_at IS NULL AND CASE a.chain_id WHEN 'system' THEN h.subject_type = 'user' ELSE h.subject_type = 'org' AND h.subject_id::text = a.chain_id END
    )
$$;

-- A row goes with its object, and never earlier. Nothing else changes here.
CREATE FUNCTION audit_keep_archive() RETURNS trigger
  LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_OP = 'DELETE' AND OLD.id IN (SELECT public.audit_expired_archives(now())) AND (
    OLD.source <> 'audit_logs'
    OR EXISTS (SELECT FROM public.audit_prunings p WHERE p.chain_id = OLD.chain_id AND p.up_to >= OLD.last_sequence)
  ) THEN
    RETURN OLD;
  END IF;
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "audit_archives_append_only" BEFORE UPDATE OR DELETE ON "audit_archives"
  FOR EACH ROW EXECUTE FUNCTION audit_keep_archive();
CREATE TRIGGER "audit_archives_no_truncate" BEFORE TRUNCATE ON "audit_archives"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- 4. Weeks that hold nothing younger than 400 days. The bounds are PostgreSQL's own, read in the session that printed them.
CREATE FUNCTION partitions.archivable(parent text) RETURNS TABLE (name text, since timestamptz, until timestamptz)
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT p.name, p.bounds[1]::timestamptz, p.bounds[2]::timestamptz FROM (
    SELECT c.relname::text AS name,
      regexp_match(pg_get_expr(c.relpartbound, c.oid), 'FROM \(''([^'']+)''\) TO \(''([^'']+)''\)') AS bounds
    FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
    WHERE i.inhparent = format('public.%I', parent)::regclass AND c.relnamespace = 'partitions'::regnamespace
    OFFSET 0
  ) p
  WHERE parent IN ('audit_logs', 'audit_calls')
    AND p.bounds[2]::timestamptz <= (now() AT TIME ZONE 'UTC' - interval '400 days') AT TIME ZONE 'UTC'
  ORDER BY 2
$$;

-- Drops a week whose every row is in an object that was noted: their number and their very hashes are compared. Whoever serves may do this,
-- and cannot drop a week in any other way, nor any of its rows.
CREATE FUNCTION partitions.drop_archived(parent text, partition_name text) RETURNS TABLE (objects int, rows bigint, digest bytea)
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  week record;
  held bigint;
  noted bigint;
  differing bigint;
BEGIN
  SELECT * INTO week FROM partitions.archivable(parent) a WHERE a.name = partition_name;
  IF NOT FOUND THEN
    RAISE EXCEPTION '% is no week of % that may be archived', partition_name, parent USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('LOCK TABLE partitions.%I IN SHARE MODE', partition_name);
  -- A batch stands in the week of its calls or the next: while they are here, so is it.
  IF parent = 'audit_logs' AND EXISTS (SELECT FROM public.audit_calls c WHERE c.created_at < week.until) THEN
    RAISE EXCEPTION 'calls of % are not archived', partition_name USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('SELECT count(*) FROM partitions.%I', partition_name) INTO held;
  EXECUTE format(CASE parent WHEN 'audit_logs' THEN $query$
    SELECT coalesce(sum(m.rows), 0), count(*) FILTER (WHERE m.rows <> found.rows OR m.rows_digest <> found.digest)
    FROM public.audit_archives m CROSS JOIN LATERAL (
      SELECT count(*) AS rows, sha256(coalesce(string_agg(r.hash, ''::bytea ORDER BY r.sequence), ''::bytea)) AS digest FROM (
        SELECT sequence, hash FROM partitions.%1$I
        WHERE org_id = nullif(m.chain_id, 'system')::uuid AND sequence BETWEEN m.first_sequence AND m.last_sequence
        UNION ALL
        SELECT sequence, hash FROM partitions.%1$I
        WHERE m.chain_id = 'system' AND org_id IS NULL AND sequence BETWEEN m.first_sequence AND m.last_sequence
      ) r
    ) found
    WHERE m.partition = %1$L AND m.source = 'audit_logs'
    $query$ ELSE $query$
    SELECT coalesce(sum(m.rows), 0), count(*) FILTER (WHERE m.rows <> found.rows OR m.rows_digest <> found.digest)
    FROM public.audit_archives m CROSS JOIN LATERAL (
      SELECT count(*) AS rows,
        sha256(coalesce(string_agg(uuid_send(r.id) || convert_to(r.details, 'UTF8'), ''::bytea ORDER BY r.created_at, r.id), ''::bytea)) AS digest
      FROM partitions.%1$I r
      WHERE r.org_id = m.chain_id::uuid AND (r.created_at, r.id) BETWEEN (m.first_at, m.first_id) AND (m.last_at, m.last_id)
    ) found
    WHERE m.partition = %1$L AND m.source = 'audit_calls'
    $query$ END, partition_name) INTO noted, differing;
  IF held <> noted OR differing > 0 THEN
    RAISE EXCEPTION '% holds % rows, of which % are archived, % objects differ', partition_name, held, noted, differing
      USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION partitions.%I', parent, partition_name);
  EXECUTE format('DROP TABLE partitions.%I', partition_name);
  RETURN QUERY INSERT INTO public.audit_moved_weeks AS w (partition, source, since, until, objects, rows, digest, moved_at)
    SELECT partition_name, parent, week.since, week.until, count(*), held,
      sha256(coalesce(string_agg(m.signature, ''::bytea ORDER BY m.chain_id COLLATE "C", m.part), ''::bytea)), now()
    FROM public.audit_archives m WHERE m.partition = partition_name
    RETURNING w.objects, w.rows, w.digest;
END $$;

-- 5. Whoever serves adds notes and reads both tables; auditors read them.
REVOKE ALL ON "audit_archives", "audit_moved_weeks" FROM agathaai_app;
GRANT SELECT, INSERT, DELETE ON "audit_archives" TO agathaai_app;
GRANT SELECT ON "audit_moved_weeks" TO agathaai_app;
-- It says of weeks, not of organizations: lists tell how far they reach back.
GRANT SELECT ON "audit_moved_weeks" TO agathaai_tenant;
GRANT SELECT ON "audit_archives", "audit_moved_weeks" TO agathaai_auditor;
REVOKE ALL ON FUNCTION partitions.drop_archived(text, text) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION partitions.drop_archived(text, text) TO agathaai_app;
