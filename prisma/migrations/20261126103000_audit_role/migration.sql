-- The audit trail against whoever owns the database (ADR 0022).

-- 1. What says that old rows were pruned. Signed by the process that pruned them, with a key that no database knows:
-- a row that somebody else puts here says nothing.
CREATE TABLE "audit_prunings" (
    "chain_id" TEXT NOT NULL,
    "up_to" BIGINT NOT NULL,
    "last_hash" BYTEA NOT NULL,
    "remaining" BIGINT[] NOT NULL,
    "partition" TEXT NOT NULL,
    "pruned_at" TIMESTAMPTZ(3) NOT NULL,
    "signature" BYTEA NOT NULL,

    CONSTRAINT "audit_prunings_pkey" PRIMARY KEY ("chain_id", "up_to")
);
CREATE TRIGGER "audit_prunings_append_only" BEFORE UPDATE OR DELETE ON "audit_prunings"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_prunings_no_truncate" BEFORE TRUNCATE ON "audit_prunings"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
-- No trail is seven years old yet: nothing was ever noted here.
ALTER TABLE "audit_chains" DROP COLUMN "pruned_sequence";

-- 2. The two steps of an append. A head can only move on to a row that continues it.
CREATE FUNCTION audit_lock_heads(chains text[]) RETURNS TABLE (chain_id text, sequence bigint, hash bytea)
  LANGUAGE sql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
  INSERT INTO public.audit_chains AS c (chain_id, sequence, hash)
  SELECT w.chain_id, 0, ''::bytea FROM unnest(chains) AS w(chain_id) ORDER BY w.chain_id
  ON CONFLICT (chain_id) DO UPDATE SET sequence = c.sequence
  RETURNING c.chain_id, c.sequence, c.hash
$$;

CREATE FUNCTION audit_append(entries json) RETURNS int
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  continued int;
  added_rows int;
BEGIN
  WITH added AS (
    INSERT INTO public.audit_logs (id, created_at, org_id, sequence, actor_type, actor_id, action, target_type,
      target_id, trace_id, details, prev_hash, hash)
    SELECT id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details,
      decode(prev_hash, 'base64'), decode(hash, 'base64')
    FROM json_to_recordset(entries) AS r(
      id uuid, created_at timestamptz, org_id uuid, sequence bigint, actor_type text, actor_id uuid, action text,
      target_type text, target_id uuid, trace_id text, details jsonb, prev_hash text, hash text)
    RETURNING coalesce(org_id::text, 'system') AS chain, sequence, prev_hash, hash
  ), placed AS (
    SELECT a.chain, a.sequence, a.hash,
      a.sequence = coalesce(lag(a.sequence) OVER w, c.sequence) + 1
        AND a.prev_hash = coalesce(lag(a.hash) OVER w, c.hash) AS continues,
      lead(a.sequence) OVER w IS NULL AS newest
    FROM added a LEFT JOIN public.audit_chains c ON c.chain_id = a.chain
    WINDOW w AS (PARTITION BY a.chain ORDER BY a.sequence)
  ), moved AS (
    UPDATE public.audit_chains c SET sequence = p.sequence, hash = p.hash
    FROM placed p WHERE p.newest AND c.chain_id = p.chain
  )
  SELECT count(*) FILTER (WHERE p.continues), count(*) INTO continued, added_rows FROM placed p;
  IF continued <> added_rows THEN
    RAISE EXCEPTION 'audit rows must continue their chain' USING ERRCODE = 'restrict_violation';
  END IF;
  RETURN added_rows;
END $$;

-- The newest row of each chain in one partition, and which rows before it stand in later partitions: rows are numbered
-- when they are written and placed by when they were made, so that a border between weeks is a few rows wide.
CREATE FUNCTION audit_last_rows(partition_name text)
  RETURNS TABLE (chain_id text, up_to bigint, last_hash bytea, remaining bigint[])
  LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  RETURN QUERY EXECUTE format($query$
    WITH last AS (
      SELECT DISTINCT ON (org_id) org_id, sequence, hash FROM partitions.%1$I ORDER BY org_id, sequence DESC
    )
    SELECT coalesce(l.org_id::text, 'system'), l.sequence, l.hash, ARRAY(
      SELECT a.sequence FROM public.audit_logs a
      WHERE a.org_id IS NOT DISTINCT FROM l.org_id AND a.sequence < l.sequence
        AND a.tableoid <> 'partitions.%1$I'::regclass
      ORDER BY a.sequence)
    FROM last l
    $query$, partition_name);
END $$;

-- 3. Retention, once and in here: whoever serves may end it when it is over, and cannot end it earlier.
CREATE FUNCTION partitions.retention(parent text) RETURNS interval
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  -- The ledger is the books: it is never dropped.
  SELECT CASE parent WHEN 'inference_requests' THEN interval '365 days' WHEN 'audit_logs' THEN interval '7 years' END
$$;

-- Partitions that hold nothing younger than their table keeps. The bounds are PostgreSQL's own, read in the session
-- that printed them: no time zone can shift them.
CREATE FUNCTION partitions.expired(parent text, at_time timestamptz) RETURNS SETOF text
  LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp AS $$
  SELECT c.relname::text
  FROM pg_inherits i JOIN pg_class c ON c.oid = i.inhrelid
  WHERE i.inhparent = format('public.%I', parent)::regclass AND c.relnamespace = 'partitions'::regnamespace
    AND (regexp_match(pg_get_expr(c.relpartbound, c.oid), 'TO \(''([^'']+)''\)'))[1]::timestamptz
      <= (least(at_time, now()) AT TIME ZONE 'UTC' - partitions.retention(parent)) AT TIME ZONE 'UTC'
  ORDER BY c.relname
$$;

CREATE FUNCTION partitions.drop_expired(parent text, partition_name text, at_time timestamptz) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF NOT EXISTS (SELECT FROM partitions.expired(parent, at_time) AS e(name) WHERE e.name = partition_name) THEN
    RAISE EXCEPTION '% is no expired partition of %', partition_name, parent USING ERRCODE = 'restrict_violation';
  END IF;
  IF parent = 'audit_logs' AND EXISTS (
    SELECT FROM public.audit_last_rows(partition_name) l
    WHERE NOT EXISTS (SELECT FROM public.audit_prunings p WHERE p.chain_id = l.chain_id AND p.up_to >= l.up_to)
  ) THEN
    RAISE EXCEPTION '% holds rows whose pruning was not noted', partition_name USING ERRCODE = 'restrict_violation';
  END IF;
  EXECUTE format('ALTER TABLE public.%I DETACH PARTITION partitions.%I', parent, partition_name);
  EXECUTE format('DROP TABLE partitions.%I', partition_name);
  RETURN true;
END $$;

-- As before, but that whoever serves may call it, and for our own tables alone.
CREATE OR REPLACE FUNCTION partitions.ensure(parent text, period text, from_time timestamptz, ahead int) RETURNS int
  LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  step interval := ('1 ' || period)::interval;
  lower_bound timestamp;
  name text;
  made int := 0;
BEGIN
  IF NOT EXISTS (SELECT FROM pg_partitioned_table WHERE partrelid = format('public.%I', parent)::regclass) THEN
    RAISE EXCEPTION '% has no partitions', parent USING ERRCODE = 'restrict_violation';
  END IF;
  PERFORM pg_advisory_xact_lock(hashtext('partitions.' || parent));
  FOR i IN 0..ahead LOOP
    lower_bound := date_trunc(period, from_time AT TIME ZONE 'UTC') + i * step;
    name := parent || '_' || to_char(lower_bound, CASE period WHEN 'month' THEN 'YYYY_MM' ELSE 'IYYY_"w"IW' END);
    IF to_regclass(format('partitions.%I', name)) IS NULL THEN
      -- Made apart and then attached: PARTITION OF would lock the parent against every reader and writer.
      EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING ALL)', name, parent);
      EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)',
        parent, name, lower_bound AT TIME ZONE 'UTC', (lower_bound + step) AT TIME ZONE 'UTC'
      );
      IF EXISTS (
        SELECT FROM pg_trigger WHERE tgrelid = format('public.%I', parent)::regclass AND tgname = parent || '_no_truncate'
      ) THEN
        EXECUTE format('CREATE TRIGGER %I BEFORE TRUNCATE ON partitions.%I
          FOR EACH STATEMENT EXECUTE FUNCTION public.refuse_change()', parent || '_no_truncate', name);
      END IF;
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

-- 4. Only an owner may refresh a materialized view.
CREATE FUNCTION refresh_usage_statistics(much_moved boolean) RETURNS boolean
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, public, pg_temp AS $$
BEGIN
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.usage_statistics_hourly;
  REFRESH MATERIALIZED VIEW CONCURRENTLY public.usage_statistics_daily;
  -- Until autovacuum comes by, the planner would take a customer's months for the whole table.
  IF much_moved THEN
    ANALYZE public.usage_statistics_history, public.usage_statistics_hourly, public.usage_statistics_daily;
  END IF;
  RETURN true;
END $$;

-- 5. The role that serves. It reads and writes the product's tables, and of the audit trail and the ledger only adds.
-- Roles belong to the server, not to one database: it may be there already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agathaai_app') THEN
    CREATE ROLE agathaai_app NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- Made at this moment, for another database.
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'this role may not make the role agathaai_app'
      USING HINT = 'Let an administrator run: CREATE ROLE agathaai_app NOLOGIN; then migrate again.';
END $$;

GRANT USAGE ON SCHEMA public, partitions TO agathaai_app;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO agathaai_app;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO agathaai_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT SELECT, INSERT, UPDATE, DELETE ON TABLES TO agathaai_app;
ALTER DEFAULT PRIVILEGES IN SCHEMA public GRANT USAGE, SELECT ON SEQUENCES TO agathaai_app;

REVOKE ALL ON "audit_logs", "audit_chains", "audit_prunings", "usage_ledger" FROM agathaai_app;
GRANT SELECT ON "audit_logs", "audit_chains" TO agathaai_app;
GRANT SELECT, INSERT ON "audit_prunings", "usage_ledger" TO agathaai_app;
DO $$
BEGIN
  IF to_regclass('public._prisma_migrations') IS NOT NULL THEN
    REVOKE ALL ON public._prisma_migrations FROM agathaai_app;
    GRANT SELECT ON public._prisma_migrations TO agathaai_app;
  END IF;
END $$;

REVOKE ALL ON FUNCTION audit_lock_heads(text[]), audit_append(json), audit_last_rows(text),
  partitions.drop_expired(text, text, timestamptz), partitions.ensure(text, text, timestamptz, int),
  refresh_usage_statistics(boolean) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION audit_lock_heads(text[]), audit_append(json), audit_last_rows(text),
  partitions.drop_expired(text, text, timestamptz), partitions.ensure(text, text, timestamptz, int),
  refresh_usage_statistics(boolean) TO agathaai_app;
