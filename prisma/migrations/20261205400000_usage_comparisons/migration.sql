-- The ledger compared with what a provider counted for our accounts, a UTC day at a time (ADR 107).
CREATE TABLE "usage_comparisons" (
  "provider" TEXT NOT NULL,
  "day" DATE NOT NULL,
  "compared_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "usage_comparisons_pkey" PRIMARY KEY ("provider", "day")
);

-- Tokens of a class, or micro-dollars, of one model at one service tier.
CREATE TABLE "usage_comparison_lines" (
  "provider" TEXT NOT NULL,
  "day" DATE NOT NULL,
  "model" TEXT NOT NULL,
  "service_tier" TEXT NOT NULL,
  "class" TEXT NOT NULL,
  "ledger" BIGINT NOT NULL,
  -- Of calls that were billed by an estimate: not part of "ledger".
  "estimated" BIGINT NOT NULL,
  "counted" BIGINT NOT NULL,
  -- By how much the ledger is above the provider's number, as a share of it; 0 within what the estimates leave open.
  "drift" DOUBLE PRECISION NOT NULL,
  CONSTRAINT "usage_comparison_lines_pkey" PRIMARY KEY ("provider", "day", "model", "service_tier", "class"),
  CONSTRAINT "usage_comparison_lines_provider_day_fkey" FOREIGN KEY ("provider", "day")
    REFERENCES "usage_comparisons" ("provider", "day") ON DELETE CASCADE ON UPDATE CASCADE
);
