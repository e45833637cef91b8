-- Calls and ledger rows are audited in batches: one chained entry, whose details hold the Merkle root over its records (ADR 44).

-- 1. What a batch's root is made of: for each record its ID (16 bytes) and its leaf hash (32). The root in the chained details vouches for it.
ALTER TABLE "audit_logs" ADD COLUMN "leaves" BYTEA;
DROP INDEX "audit_logs_events_idx";
-- Everything but what calls leave, which outnumbers the rest by far.
CREATE INDEX "audit_logs_events_idx" ON "audit_logs" ("org_id", "created_at" DESC)
  WHERE "action" NOT IN ('api.request', 'api.requests_recorded', 'usage.recorded');
-- To find the batch of a receipt.
CREATE INDEX "audit_logs_receipts_idx" ON "audit_logs" ("org_id", "created_at") WHERE "action" = 'usage.recorded';

-- 2. API calls, a small row each; `sequence` is the entry of their batch in the organization's chain.
CREATE TABLE "audit_calls" (
    "org_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "id" UUID NOT NULL,
    "sequence" BIGINT NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "trace_id" TEXT,
    -- Text, because a leaf hash is over these very bytes.
    "details" TEXT NOT NULL,

    CONSTRAINT "audit_calls_pkey" PRIMARY KEY ("org_id", "created_at", "id")
) PARTITION BY RANGE ("created_at");
CREATE TRIGGER "audit_calls_append_only" BEFORE UPDATE OR DELETE ON "audit_calls"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_calls_no_truncate" BEFORE TRUNCATE ON "audit_calls"
  FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
SELECT partitions.ensure('audit_calls', 'week', now() - interval '1 week', 7);
REVOKE ALL ON "audit_calls" FROM agathaai_app;
GRANT SELECT, INSERT ON "audit_calls" TO agathaai_app;

CREATE OR REPLACE FUNCTION partitions.retention(parent text) RETURNS interval
  LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, pg_temp AS $$
  -- The ledger is the books: it is never dropped.
  SELECT CASE WHEN parent = 'inference_requests' THEN interval '365 days'
    WHEN parent IN ('audit_logs', 'audit_calls') THEN interval '7 years' END
$$;

-- 3. How far the ledger is in batches, by the transaction that wrote a row and the row's ID: nothing can commit behind it.
CREATE TABLE "audit_ledger_mark" (
    "id" BOOLEAN NOT NULL DEFAULT true,
    "xid" BIGINT NOT NULL,
    "request_id" UUID NOT NULL,

    CONSTRAINT "audit_ledger_mark_pkey" PRIMARY KEY ("id"),
    CONSTRAINT "audit_ledger_mark_one" CHECK ("id")
) WITH (fillfactor = 50);
INSERT INTO "audit_ledger_mark" VALUES (true, pg_snapshot_xmin(pg_current_snapshot())::text::bigint, '00000000-0000-0000-0000-000000000000');
REVOKE ALL ON "audit_ledger_mark" FROM agathaai_app;
GRANT SELECT, UPDATE ON "audit_ledger_mark" TO agathaai_app;
-- Rows stand in the table in about the order of their transactions.
CREATE INDEX "usage_ledger_settled_xid_idx" ON "usage_ledger" USING brin ("settled_xid") WITH (pages_per_range = 16, autosummarize = on);

-- 4. As before, with leaves.
CREATE OR REPLACE FUNCTION audit_append(entries json) RETURNS int
  LANGUAGE plpgsql VOLATILE SECURITY DEFINER SET search_path = pg_catalog, pg_temp AS $$
DECLARE
  continued int;
  added_rows int;
BEGIN
  WITH added AS (
    INSERT INTO public.audit_logs (id, created_at, org_id, sequence, actor_type, actor_id, action, target_type,
      target_id, trace_id, details, prev_hash, hash, leaves)
    SELECT id, created_at, org_id, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details,
      decode(prev_hash, 'base64'), decode(hash, 'base64'), decode(leaves, 'base64')
    FROM json_to_recordset(entries) AS r(
      id uuid, created_at timestamptz, org_id uuid, sequence bigint, actor_type text, actor_id uuid, action text,
      target_type text, target_id uuid, trace_id text, details jsonb, prev_hash text, hash text, leaves text)
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
