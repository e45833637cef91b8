-- Where an organization's audit log is sent as it is written, and up to which entry it was taken.
CREATE TABLE "audit_streams" (
  "org_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  -- The URL of a webhook, or host:port of a syslog receiver.
  "target" TEXT NOT NULL,
  "secret_cipher" BYTEA,
  -- Of a syslog receiver whose certificate is not of a public authority.
  "ca" TEXT,
  "cursor" BIGINT NOT NULL,
  -- Counts claims: a worker that lost its claim moves nothing.
  "claim" BIGINT NOT NULL DEFAULT 0,
  "failures" INTEGER NOT NULL DEFAULT 0,
  "last_error" TEXT,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
  "delivered_at" TIMESTAMPTZ(3),
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "audit_streams_pkey" PRIMARY KEY ("org_id"),
  CONSTRAINT "audit_streams_kind" CHECK ((kind = 'webhook' AND secret_cipher IS NOT NULL) OR (kind = 'syslog' AND secret_cipher IS NULL))
);
CREATE INDEX "audit_streams_next_attempt_at_idx" ON "audit_streams" ("next_attempt_at");
ALTER TABLE "audit_streams"
  ADD CONSTRAINT "audit_streams_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
