-- What acceptance of queued requests has moved out of a lease since it was granted (ADR 56): each of those requests holds its own
-- reservation, and gives it back when it ends. The statement that accepts them lowers what the lease holds in the same commit.
ALTER TABLE "budget_leases"
  ADD COLUMN "moved_tokens" BIGINT NOT NULL DEFAULT 0,
  ADD COLUMN "moved_micros" BIGINT NOT NULL DEFAULT 0,
  ADD CONSTRAINT "budget_leases_moved_not_negative" CHECK (moved_tokens >= 0 AND moved_micros >= 0);
