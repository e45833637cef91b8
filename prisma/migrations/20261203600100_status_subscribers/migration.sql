-- Who gets updates of the status page by email. Stored only once the address was confirmed; encrypted under a key of its own.
ALTER TYPE "data_key_subject" ADD VALUE 'subscriber';
CREATE TABLE "status_subscribers" (
  "id" UUID NOT NULL,
  "email_cipher" BYTEA NOT NULL,
  "email_index" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "status_subscribers_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "status_subscribers_email_index_key" ON "status_subscribers" ("email_index");

-- An update on its way to a subscriber: at most one row for the two.
CREATE TABLE "status_emails" (
  "update_id" UUID NOT NULL,
  "subscriber_id" UUID NOT NULL,
  "attempts" INTEGER NOT NULL DEFAULT 0,
  "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
  "sent_at" TIMESTAMPTZ(3),
  CONSTRAINT "status_emails_pkey" PRIMARY KEY ("update_id", "subscriber_id"),
  CONSTRAINT "status_emails_update_id_fkey" FOREIGN KEY ("update_id") REFERENCES "status_updates" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "status_emails_subscriber_id_fkey" FOREIGN KEY ("subscriber_id") REFERENCES "status_subscribers" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "status_emails_subscriber_id_idx" ON "status_emails" ("subscriber_id");
CREATE INDEX "status_emails_due_idx" ON "status_emails" ("next_attempt_at") WHERE sent_at IS NULL;

-- When the rows above were made for an update.
ALTER TABLE "status_updates" ADD COLUMN "emails_made_at" TIMESTAMPTZ(3);
