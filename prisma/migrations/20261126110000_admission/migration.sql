-- Calls that a caller waits for (ADR 37): they are admitted, answered and settled by the process that they reached.

-- Which processes are alive. One that has not renewed its row in time is dead: whoever deletes the row closes its calls.
CREATE TABLE "admission_processes" (
  "id" UUID NOT NULL,
  "started_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "admission_processes_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 50);

-- The calls under way, each with what it has reserved. A row leaves in the statement that writes the call's ledger row.
CREATE TABLE "open_calls" (
  "id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "process_id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "user_id" UUID,
  "api_key_id" UUID,
  "spend_id" UUID,
  "environment" "environment" NOT NULL,
  "endpoint" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "provider" TEXT NOT NULL,
  "upstream_model" TEXT NOT NULL,
  "price_version" TEXT NOT NULL,
  "reserved_tokens" BIGINT NOT NULL,
  "reserved_micros" BIGINT NOT NULL,
  "quota_month" DATE,
  "quota_period" TIMESTAMPTZ(3),
  "overage_from" BIGINT,
  CONSTRAINT "open_calls_pkey" PRIMARY KEY ("id")
) WITH (fillfactor = 80, autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 5000);
ALTER TABLE "open_calls"
  ADD CONSTRAINT "open_calls_created_at_is_id_time" CHECK (created_at = uuid_v7_time(id)),
  ADD CONSTRAINT "open_calls_reserved_not_negative" CHECK (reserved_tokens >= 0 AND reserved_micros >= 0);
CREATE INDEX "open_calls_process_id_idx" ON "open_calls" ("process_id");

-- What a receipt of such a call says beside the tokens. Requests through the queue have no endpoint.
ALTER TABLE "usage_ledger"
  ADD COLUMN "endpoint" TEXT,
  ADD COLUMN "estimated" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "first_byte_ms" INTEGER,
  ADD COLUMN "finish_reason" TEXT,
  ADD COLUMN "attempts" JSONB;

-- A change of a key, of a plan or of an organization's life is told at once: processes keep what a key may do for seconds.
CREATE FUNCTION tell_access_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'api_keys' THEN
    PERFORM pg_notify('agatha_access', 'key ' || encode(OLD.secret_hash, 'hex'));
  ELSIF TG_TABLE_NAME = 'organizations' THEN
    PERFORM pg_notify('agatha_access', 'org ' || OLD.id::text);
  ELSIF TG_OP = 'INSERT' THEN
    PERFORM pg_notify('agatha_access', 'org ' || NEW.org_id::text);
  ELSE
    PERFORM pg_notify('agatha_access', 'org ' || OLD.org_id::text);
  END IF;
  RETURN NULL;
END $$;
CREATE TRIGGER "api_keys_tell_change" AFTER DELETE OR UPDATE OF "revoked_at", "expires_at", "grace_ends_at", "scopes", "models",
  "ip_allowlist", "rpm_limit", "monthly_cap_micros", "created_by" ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION tell_access_change();
CREATE TRIGGER "subscriptions_tell_change" AFTER INSERT OR UPDATE OR DELETE ON "subscriptions"
  FOR EACH ROW EXECUTE FUNCTION tell_access_change();
CREATE TRIGGER "organizations_tell_end" AFTER UPDATE OF "deleted_at" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION tell_access_change();
