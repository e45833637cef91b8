-- Every sign-in of the last ninety days, and every one that failed at an account.
CREATE TABLE "sign_ins" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  -- The session that it made; none where it failed.
  "session_id" UUID,
  "kind" "session_kind" NOT NULL,
  "method" TEXT NOT NULL,
  "factor" TEXT,
  "result" TEXT NOT NULL,
  -- From a browser, or a network and program, that nobody had signed in from in ninety days.
  "new_device" BOOLEAN NOT NULL DEFAULT false,
  "user_agent" TEXT,
  "ip_cipher" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "sign_ins_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "sign_ins_session_of_success" CHECK ((result = 'signed_in') = (session_id IS NOT NULL))
);
CREATE INDEX "sign_ins_user_id_id_idx" ON "sign_ins" ("user_id", "id");
CREATE INDEX "sign_ins_created_at_idx" ON "sign_ins" ("created_at");
ALTER TABLE "sign_ins"
  ADD CONSTRAINT "sign_ins_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- The link in an email about a new sign-in.
ALTER TYPE "email_token_purpose" ADD VALUE 'end_sessions';
