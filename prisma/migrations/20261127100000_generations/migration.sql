-- Answers of calls under /v1 that are kept for a while, because their caller asked for that (ADR 41): to be repeated for an
-- Idempotency-Key, to be read again after a dropped connection, or until they are in the history.
--
-- How a call ended is not said here: it is running while it is in open_calls, and its end is its ledger row.
CREATE TABLE "generations" (
  "id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "process_id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "environment" "environment" NOT NULL,
  "endpoint" TEXT NOT NULL,
  "model" TEXT NOT NULL,
  "streamed" BOOLEAN NOT NULL,
  "include_usage" BOOLEAN NOT NULL,
  "resumable" BOOLEAN NOT NULL,
  "headers" JSONB NOT NULL DEFAULT '{}',
  "usage" JSON,
  "error" JSONB,
  "too_long" BOOLEAN NOT NULL DEFAULT false,
  "written_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "generations_pkey" PRIMARY KEY ("id")
);
ALTER TABLE "generations"
  ADD CONSTRAINT "generations_created_at_is_id_time" CHECK (created_at = uuid_v7_time(id));
CREATE INDEX "generations_org_id_idx" ON "generations" ("org_id");
CREATE INDEX "generations_expires_at_idx" ON "generations" ("expires_at");

-- The answer itself, encrypted: whole, or the events of its stream in batches. Events count from 1.
CREATE TABLE "generation_parts" (
  "generation_id" UUID NOT NULL,
  "first_event" INTEGER NOT NULL,
  "events" INTEGER NOT NULL,
  "cipher" BYTEA NOT NULL,
  CONSTRAINT "generation_parts_pkey" PRIMARY KEY ("generation_id", "first_event"),
  CONSTRAINT "generation_parts_generation_id_fkey" FOREIGN KEY ("generation_id") REFERENCES "generations" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
ALTER TABLE "generation_parts"
  ADD CONSTRAINT "generation_parts_hold_events" CHECK (first_event > 0 AND events > 0);
