-- Changes of a person's email address: confirmed from the new mailbox, and undone from the old one for seven days.
CREATE TABLE "email_changes" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  -- The session that asked, which goes on when the change is confirmed.
  "session_id" UUID NOT NULL,
  "old_cipher" BYTEA NOT NULL,
  "old_index" BYTEA NOT NULL,
  "new_cipher" BYTEA NOT NULL,
  "new_index" BYTEA NOT NULL,
  "token_hash" BYTEA NOT NULL,
  "undo_token_hash" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  -- Until when the present link works: the one to confirm, then the one to undo.
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "confirmed_at" TIMESTAMPTZ(3),
  "undone_at" TIMESTAMPTZ(3),
  CONSTRAINT "email_changes_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "email_changes_undo_after_confirmation" CHECK ((confirmed_at IS NULL) = (undo_token_hash IS NULL)),
  CONSTRAINT "email_changes_undone_after_confirmation" CHECK (undone_at IS NULL OR confirmed_at IS NOT NULL)
);
CREATE UNIQUE INDEX "email_changes_token_hash_key" ON "email_changes" ("token_hash");
CREATE UNIQUE INDEX "email_changes_undo_token_hash_key" ON "email_changes" ("undo_token_hash");
CREATE INDEX "email_changes_user_id_idx" ON "email_changes" ("user_id");
CREATE INDEX "email_changes_old_index_idx" ON "email_changes" ("old_index");
ALTER TABLE "email_changes"
  ADD CONSTRAINT "email_changes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;
