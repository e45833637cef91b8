-- A key's own default for the response cache (ADR 57): how long answers to its calls are stored. Null: only where a call asks.
ALTER TABLE "api_keys" ADD COLUMN "cache_ttl_seconds" INTEGER;
ALTER TABLE "api_keys"
  ADD CONSTRAINT "api_keys_cache_ttl_seconds" CHECK (cache_ttl_seconds BETWEEN 1 AND 2592000);

-- What an entry takes of its organization's room. Answers stored until now are let go: it is a cache.
TRUNCATE "cached_answers";
ALTER TABLE "cached_answers" ADD COLUMN "bytes" INTEGER NOT NULL;
CREATE INDEX "cached_answers_org_id_expires_at_idx" ON "cached_answers" ("org_id", "expires_at");

-- Σ bytes by organization. Who changes an organization's entries locks its row here first; unlogged as they are, so that a
-- crash empties both.
CREATE UNLOGGED TABLE "cached_bytes" (
  "org_id" UUID NOT NULL,
  "bytes" BIGINT NOT NULL,
  CONSTRAINT "cached_bytes_pkey" PRIMARY KEY ("org_id")
);
