-- What an organization keeps of calls under /v1: nothing unless a call asks for it ('off'), all unless a call says no ('on'),
-- never anything ('forbidden').
ALTER TABLE "organizations" ADD COLUMN "storage" TEXT NOT NULL DEFAULT 'off';
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_storage_is_known" CHECK (storage IN ('off', 'on', 'forbidden'));
DROP TRIGGER "organizations_tell_end" ON "organizations";
CREATE TRIGGER "organizations_tell_change" AFTER UPDATE OF "deleted_at", "storage" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION tell_access_change();

-- Stored calls are in the history like requests through the queue, which have no endpoint.
ALTER TABLE "inference_requests" ADD COLUMN "endpoint" TEXT;

-- What the history will need of a stored call, until it has ended and its row is made (filed_at).
ALTER TABLE "generations"
  ADD COLUMN "stored" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "filed_at" TIMESTAMPTZ(3),
  ADD COLUMN "input_cipher" BYTEA,
  ADD COLUMN "metadata_cipher" BYTEA,
  ADD COLUMN "metadata_index" BYTEA[],
  ADD COLUMN "max_output_tokens" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "trace_id" TEXT NOT NULL DEFAULT '';
CREATE INDEX "generations_to_file_idx" ON "generations" ("created_at") WHERE stored AND filed_at IS NULL;

-- The history lists calls under /v1 that were not stored, from the ledger; an organization without any has nothing to read.
CREATE INDEX "usage_ledger_endpoint_idx" ON "usage_ledger" ("org_id", "environment", "created_at" DESC, "request_id" DESC)
  WHERE "endpoint" IS NOT NULL;
