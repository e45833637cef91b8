-- What Stripe says of a subscription, beyond plan and period: a plan that begins at the period's end, and how long an
-- unpaid one still holds.
ALTER TABLE "subscriptions"
    ADD COLUMN "pending_plan" TEXT,
    ADD COLUMN "grace_ends_at" TIMESTAMPTZ(3);

-- The subscriptions whose grace may run out, for the job that looks every minute.
CREATE INDEX "subscriptions_in_grace_idx" ON "subscriptions"("grace_ends_at") WHERE "grace_ends_at" IS NOT NULL;

-- How far a job that walks through another system's history has come.
CREATE TABLE "billing_marks" (
    "name" TEXT NOT NULL,
    "at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "billing_marks_pkey" PRIMARY KEY ("name")
);
