-- What Stripe will not take any more is put aside with its reason, not tried for ever.
ALTER TABLE "overage_reports"
    ADD COLUMN "refused_at" TIMESTAMPTZ(3),
    ADD COLUMN "refusal" TEXT;
ALTER TABLE "overage_reports" ADD CONSTRAINT "overage_reports_refusal_has_a_time"
    CHECK (("refused_at" IS NULL) = ("refusal" IS NULL));
DROP INDEX "overage_reports_waiting_idx";
CREATE INDEX "overage_reports_waiting_idx" ON "overage_reports"("org_id", "used_at")
    WHERE "reported_at" IS NULL AND "refused_at" IS NULL;

-- Days on which Stripe's meter and our reports do not agree.
CREATE TABLE "overage_differences" (
    "org_id" UUID NOT NULL,
    "day" DATE NOT NULL,
    "ours_micros" BIGINT NOT NULL,
    "stripes_micros" BIGINT NOT NULL,
    "found_at" TIMESTAMPTZ(3) NOT NULL,
    "checked_at" TIMESTAMPTZ(3) NOT NULL,
    "resolved_at" TIMESTAMPTZ(3),

    CONSTRAINT "overage_differences_pkey" PRIMARY KEY ("org_id", "day")
);

-- The plan fell to Free over an unpaid invoice, and those who pay have not been told yet.
ALTER TABLE "subscriptions" ADD COLUMN "lapsed_at" TIMESTAMPTZ(3);
