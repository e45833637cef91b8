-- An account that was registered with an address of somebody else's account. It works as any unverified one, is found only
-- by its own password, and can never be verified.
ALTER TABLE "users"
  -- The blind index of its address: "email_index" is unique, and the other account's.
  ADD COLUMN "provisional_index" BYTEA,
  -- What its address and password come to.
  ADD COLUMN "provisional_tag" BYTEA,
  ADD CONSTRAINT "users_provisional_is_never_verified"
    CHECK ((provisional_index IS NULL) = (provisional_tag IS NULL)
      AND (provisional_index IS NULL OR email_verified_at IS NULL));
CREATE INDEX "users_provisional_index_idx" ON "users" ("provisional_index");
