-- Metadata of a request: encrypted for reading, and a keyed fingerprint of each entry to find it by (ADR 0010). The
-- plain column that stood here was never written.
ALTER TABLE "inference_requests"
    DROP COLUMN "metadata",
    ADD COLUMN "metadata_cipher" BYTEA,
    ADD COLUMN "metadata_index" BYTEA[];

-- Requests without metadata are in neither index, so accepting them costs nothing more.
CREATE INDEX "inference_requests_metadata_idx" ON "inference_requests" USING gin ("metadata_index")
  WHERE "metadata_index" IS NOT NULL;

-- The deleted ones, for the job that removes them after thirty days.
CREATE INDEX "inference_requests_deleted_idx" ON "inference_requests" ("deleted_at") WHERE "deleted_at" IS NOT NULL;
