-- What a call's cost is computed from, beside its tokens: cache writes by lifetime, the service tier that served it,
-- whether it was billed as a long request, and whether a regional endpoint served it. Rows of before had none of these.
ALTER TABLE "usage_ledger"
  ADD COLUMN "cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "long_cache_write_tokens" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "service_tier" TEXT NOT NULL DEFAULT 'default',
  ADD COLUMN "long_context" BOOLEAN NOT NULL DEFAULT false,
  ADD COLUMN "regional" BOOLEAN NOT NULL DEFAULT false,
  -- Set where the provider's own numbers contradicted each other; an alert fires.
  ADD COLUMN "usage_defect" TEXT;

ALTER TABLE "usage_ledger"
  ADD CONSTRAINT "usage_ledger_parts" CHECK (
    cache_write_tokens >= 0 AND long_cache_write_tokens >= 0
    AND cached_input_tokens + cache_write_tokens + long_cache_write_tokens <= input_tokens
    AND reasoning_tokens <= output_tokens
  ),
  ADD CONSTRAINT "usage_ledger_service_tier" CHECK (service_tier IN ('default', 'flex', 'priority', 'ultrafast'));
