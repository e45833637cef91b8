-- Passkeys of people (ADR 64): the public keys by which their devices and password managers sign in.
CREATE TABLE "passkeys" (
  "id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "credential_id" BYTEA NOT NULL,
  "public_key" BYTEA NOT NULL,
  "name_cipher" BYTEA NOT NULL,
  "transports" TEXT[] NOT NULL,
  -- How often the authenticator says it has signed. Zero for good where it does not count.
  "sign_count" BIGINT NOT NULL,
  -- Whether the person's password manager keeps a copy that other devices can use.
  "synced" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  CONSTRAINT "passkeys_pkey" PRIMARY KEY ("id")
);
CREATE UNIQUE INDEX "passkeys_credential_id_key" ON "passkeys" ("credential_id");
CREATE INDEX "passkeys_user_id_idx" ON "passkeys" ("user_id");
ALTER TABLE "passkeys"
  ADD CONSTRAINT "passkeys_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- What a passkey is asked to sign: once, within five minutes, for one purpose and by whom it was given to.
CREATE TABLE "passkey_challenges" (
  "challenge_hash" BYTEA NOT NULL,
  "purpose" TEXT NOT NULL,
  "holder_hash" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "passkey_challenges_pkey" PRIMARY KEY ("challenge_hash"),
  CONSTRAINT "passkey_challenges_purpose" CHECK (purpose IN ('add', 'step_up', 'sign_in', 'second_factor'))
);
CREATE INDEX "passkey_challenges_expires_at_idx" ON "passkey_challenges" ("expires_at");
