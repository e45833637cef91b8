-- Blocks of tokens and money that a process has taken out of an organization's counters, to reserve and settle calls in memory
-- (ADR 37). What a lease holds is part of the counters' reserved columns. Its process's row is its expiry and its epoch: a process
-- that was taken for dead comes back under another id.
CREATE TABLE "budget_leases" (
  "id" UUID NOT NULL,
  "process_id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "spend_id" UUID,
  "quota_period" TIMESTAMPTZ(3) NOT NULL,
  "quota_month" DATE NOT NULL,
  "held_tokens" BIGINT NOT NULL,
  "held_micros" BIGINT NOT NULL,
  "free_tokens" BIGINT NOT NULL,
  "free_micros" BIGINT NOT NULL,
  "spent_tokens" BIGINT NOT NULL DEFAULT 0,
  "spent_micros" BIGINT NOT NULL DEFAULT 0,
  "granted_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "budget_leases_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 50, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 1000);
ALTER TABLE "budget_leases"
  ADD CONSTRAINT "budget_leases_not_negative"
  CHECK (held_tokens >= 0 AND held_micros >= 0 AND free_tokens >= 0 AND free_micros >= 0 AND spent_tokens >= 0 AND spent_micros >= 0);
CREATE INDEX "budget_leases_org_id_idx" ON "budget_leases" ("org_id");
CREATE INDEX "budget_leases_process_id_idx" ON "budget_leases" ("process_id");

-- Which lease a call was reserved under; null where it was reserved in the counters itself.
ALTER TABLE "open_calls" ADD COLUMN "lease_id" UUID;
ALTER TABLE "usage_ledger" ADD COLUMN "lease_id" UUID;

-- A changed key also names its organization, whose leases were sized by its cap.
CREATE OR REPLACE FUNCTION tell_access_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'api_keys' THEN
    PERFORM pg_notify('agatha_access', 'key ' || encode(OLD.secret_hash, 'hex') || ' ' || OLD.org_id::text);
  ELSIF TG_TABLE_NAME = 'organizations' THEN
    PERFORM pg_notify('agatha_access', 'org ' || OLD.id::text);
  ELSIF TG_OP = 'INSERT' THEN
    PERFORM pg_notify('agatha_access', 'org ' || NEW.org_id::text);
  ELSE
    PERFORM pg_notify('agatha_access', 'org ' || OLD.org_id::text);
  END IF;
  RETURN NULL;
END $$;
