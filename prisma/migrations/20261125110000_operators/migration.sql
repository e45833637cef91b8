-- What our operators agreed on with one organization: a plan, limits of its own, a price, until when, and why. While one is
-- in force it decides the plan, whatever Stripe says.
CREATE TABLE "plan_overrides" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "plan" TEXT NOT NULL,
    "monthly_tokens" BIGINT,
    "requests_per_minute" INTEGER,
    "price_cents" INTEGER,
    "reason" TEXT NOT NULL,
    "created_by" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3),
    "ended_at" TIMESTAMPTZ(3),
    "ended_by" UUID,

    CONSTRAINT "plan_overrides_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "plan_overrides_org_id_created_at_idx" ON "plan_overrides"("org_id", "created_at" DESC);
-- One at a time.
CREATE UNIQUE INDEX "plan_overrides_in_force_idx" ON "plan_overrides"("org_id") WHERE "ended_at" IS NULL;
CREATE INDEX "plan_overrides_expiring_idx" ON "plan_overrides"("expires_at") WHERE "ended_at" IS NULL;
ALTER TABLE "plan_overrides" ADD CONSTRAINT "plan_overrides_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Models that an operator has switched off; a model without a row is on.
CREATE TABLE "model_switches" (
    "model_id" TEXT NOT NULL,
    "off" BOOLEAN NOT NULL,
    "reason" TEXT NOT NULL,
    "changed_by" UUID NOT NULL,
    "changed_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "model_switches_pkey" PRIMARY KEY ("model_id")
);

-- Who asked for an agreement. Contact and message are encrypted under a key of the inquiry's own.
ALTER TYPE "data_key_subject" ADD VALUE 'inquiry';
CREATE TABLE "enterprise_inquiries" (
    "id" UUID NOT NULL,
    "org_id" UUID,
    "user_id" UUID,
    "contact_cipher" BYTEA NOT NULL,
    "message_cipher" BYTEA NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "handled_at" TIMESTAMPTZ(3),
    "handled_by" UUID,

    CONSTRAINT "enterprise_inquiries_pkey" PRIMARY KEY ("id")
);
CREATE INDEX "enterprise_inquiries_created_at_idx" ON "enterprise_inquiries"("created_at" DESC);
