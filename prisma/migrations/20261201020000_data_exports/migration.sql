-- Exports of what we hold of a person or an organization. The file is in the object store, encrypted under a key of its own, which is
-- encrypted under the subject's data key: erasing the subject makes the file unreadable.
CREATE TABLE "data_exports" (
  "id" UUID NOT NULL,
  "subject_type" "data_key_subject" NOT NULL,
  "subject_id" UUID NOT NULL,
  "requested_by" UUID NOT NULL,
  -- The organization in whose audit log the export is recorded.
  "org_id" UUID NOT NULL,
  "status" TEXT NOT NULL DEFAULT 'waiting',
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
  "held_until" TIMESTAMPTZ(3),
  "key_cipher" BYTEA,
  "bytes" BIGINT,
  -- Of the emailed link.
  "token_hash" BYTEA,
  "emailed_at" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "finished_at" TIMESTAMPTZ(3),
  "expires_at" TIMESTAMPTZ(3),
  CONSTRAINT "data_exports_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "data_exports_status" CHECK (status IN ('waiting', 'running', 'ready', 'failed', 'expired')),
  CONSTRAINT "data_exports_of_a_person_or_organization" CHECK (subject_type IN ('user', 'org')),
  CONSTRAINT "data_exports_ready_has_a_file" CHECK (status <> 'ready' OR (key_cipher IS NOT NULL AND bytes IS NOT NULL AND expires_at IS NOT NULL))
);
CREATE INDEX "data_exports_subject_type_subject_id_id_idx" ON "data_exports" ("subject_type", "subject_id", "id" DESC);
-- One at a time for each subject.
CREATE UNIQUE INDEX "data_exports_one_at_a_time" ON "data_exports" ("subject_type", "subject_id") WHERE status IN ('waiting', 'running');
CREATE INDEX "data_exports_to_do" ON "data_exports" ("id") WHERE status IN ('waiting', 'running', 'ready');
