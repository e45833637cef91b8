-- What ended with its retention: rows up to here may be missing, rows after it may not.
ALTER TABLE "audit_chains" ADD COLUMN "pruned_sequence" BIGINT NOT NULL DEFAULT 0;
-- Heads are updated with every batch: room on the page keeps them from moving.
ALTER TABLE "audit_chains" SET (fillfactor = 50);

-- Walking a chain.
CREATE INDEX "audit_logs_chain_idx" ON "audit_logs"("org_id", "sequence");
-- Everything but the calls themselves, which outnumber the rest by far.
CREATE INDEX "audit_logs_events_idx" ON "audit_logs" ("org_id", "created_at" DESC) WHERE "action" <> 'api.request';

-- The rows refuse UPDATE and DELETE already; TRUNCATE is refused too, of the table and of each partition. (Statement
-- triggers are not inherited.) Dropping a partition is how retention ends.
CREATE TRIGGER "audit_logs_no_truncate" BEFORE TRUNCATE ON "audit_logs"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
DO $$
DECLARE
  partition regclass;
BEGIN
  FOR partition IN SELECT inhrelid::regclass FROM pg_inherits WHERE inhparent = 'public.audit_logs'::regclass LOOP
    EXECUTE format('CREATE TRIGGER audit_logs_no_truncate BEFORE TRUNCATE ON %s
      FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', partition);
  END LOOP;
END $$;

-- As before, and new partitions of a table that refuses TRUNCATE refuse it too.
CREATE OR REPLACE FUNCTION partitions.ensure(parent text, period text, from_time timestamptz, ahead int) RETURNS int
  LANGUAGE plpgsql AS $$
DECLARE
  step interval := ('1 ' || period)::interval;
  lower_bound timestamp;
  name text;
  made int := 0;
BEGIN
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
          FOR EACH STATEMENT EXECUTE FUNCTION refuse_change()', parent || '_no_truncate', name);
      END IF;
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;
