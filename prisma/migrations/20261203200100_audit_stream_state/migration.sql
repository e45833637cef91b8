ALTER TABLE "audit_streams"
  -- By the organization; null while it runs.
  ADD COLUMN "paused_at" TIMESTAMPTZ(3),
  -- Since the first failed attempt after the last success.
  ADD COLUMN "failing_since" TIMESTAMPTZ(3),
  -- When the organization was emailed that it keeps failing.
  ADD COLUMN "notified_at" TIMESTAMPTZ(3);
