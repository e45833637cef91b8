-- Stored answers, where Redis is absent or away (ADR 43). Losing them costs a model call each: no write-ahead log.
CREATE UNLOGGED TABLE "cached_answers" (
  "org_id" UUID NOT NULL,
  "entry" BYTEA NOT NULL,
  "answer_cipher" BYTEA NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "cached_answers_pkey" PRIMARY KEY ("org_id", "entry")
);
CREATE INDEX "cached_answers_expires_at_idx" ON "cached_answers" ("expires_at");

-- How often an organization has emptied its cache: part of every entry's name, so that nothing from before is found again.
CREATE TABLE "response_caches" (
  "org_id" UUID NOT NULL,
  "purges" INTEGER NOT NULL,
  "purged_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "response_caches_pkey" PRIMARY KEY ("org_id"),
  CONSTRAINT "response_caches_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
