-- A person's authenticator app (ADR 62). Until it is confirmed by a code it asks for nothing.
CREATE TABLE "authenticators" (
  "user_id" UUID NOT NULL,
  "secret_cipher" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "confirmed_at" TIMESTAMPTZ(3),
  -- The newest time step whose code was accepted: each counts once, and no older one after it.
  "last_step" BIGINT,
  CONSTRAINT "authenticators_pkey" PRIMARY KEY ("user_id")
);
ALTER TABLE "authenticators"
  ADD CONSTRAINT "authenticators_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  ADD CONSTRAINT "authenticators_confirmed_by_a_code" CHECK ((confirmed_at IS NULL) = (last_step IS NULL));

-- Codes that stand in for a lost authenticator, each once.
CREATE TABLE "recovery_codes" (
  "user_id" UUID NOT NULL,
  "code_hash" BYTEA NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "used_at" TIMESTAMPTZ(3),
  CONSTRAINT "recovery_codes_pkey" PRIMARY KEY ("user_id", "code_hash")
);
ALTER TABLE "recovery_codes"
  ADD CONSTRAINT "recovery_codes_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- When the person behind a session last proved that it is them. Null: before this was recorded.
ALTER TABLE "sessions" ADD COLUMN "stepped_up_at" TIMESTAMPTZ(3);
