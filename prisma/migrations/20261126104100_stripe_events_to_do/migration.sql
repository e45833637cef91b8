-- An event is taken first and done later: whom it is about, and how often that was tried. The event itself is not
-- kept: Stripe is asked again.
ALTER TABLE "stripe_events"
  ADD COLUMN "customer_id" TEXT,
  ADD COLUMN "object_id" TEXT,
  ADD COLUMN "attempts" INTEGER NOT NULL DEFAULT 0,
  ADD COLUMN "next_attempt_at" TIMESTAMPTZ(3),
  ADD COLUMN "last_error" TEXT;

CREATE INDEX "stripe_events_to_do" ON "stripe_events" ("next_attempt_at") WHERE "processed_at" IS NULL;
