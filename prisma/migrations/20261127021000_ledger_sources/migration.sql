-- What answered a call, where that was no model of ours to bill for.
ALTER TABLE "usage_ledger"
  -- The organization's own key at the provider (ADR 42). cost_micros is then what we charge; this is the provider's list price.
  ADD COLUMN "own_key" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "provider_micros" BIGINT NOT NULL DEFAULT 0,
  -- The organization's response cache (ADR 43): the age of the stored answer. Null: a model answered.
  ADD COLUMN "cache_age_seconds" INTEGER;
ALTER TABLE "usage_ledger"
  ADD CONSTRAINT "usage_ledger_provider_micros" CHECK (provider_micros >= 0 AND (own_key OR provider_micros = 0)),
  ADD CONSTRAINT "usage_ledger_cached_is_free" CHECK (cache_age_seconds IS NULL OR (cache_age_seconds >= 0 AND cost_micros = 0));
