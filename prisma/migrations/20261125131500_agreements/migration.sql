-- An override with a price is billed by a subscription at Stripe. The row is the outbox: what it does not have yet is
-- made, what has ended and is not marked so at Stripe is ended there.
ALTER TABLE "plan_overrides"
    ADD COLUMN "stripe_subscription_id" TEXT,
    ADD COLUMN "stripe_ended_at" TIMESTAMPTZ(3);
CREATE INDEX "plan_overrides_billing_idx" ON "plan_overrides"("org_id")
    WHERE "price_cents" IS NOT NULL AND "stripe_ended_at" IS NULL;

-- Until now an agreement was a plan written by hand, which nothing of Stripe's took away. From here on it is an override.
INSERT INTO "plan_overrides" ("id", "org_id", "plan", "monthly_tokens", "requests_per_minute", "reason", "created_by", "created_at")
SELECT (lpad(to_hex((extract(epoch FROM now()) * 1000)::bigint), 12, '0') || '7' || substr(md5("org_id"::text), 1, 3)
        || '8' || substr(md5(random()::text), 1, 15))::uuid,
    "org_id", "plan", "custom_monthly_tokens", "custom_rpm", 'Agreed before overrides were kept',
    '00000000-0000-0000-0000-000000000000', now()
FROM "subscriptions"
WHERE "plan" = 'enterprise' OR "custom_monthly_tokens" IS NOT NULL OR "custom_rpm" IS NOT NULL;

-- What operators did, over all chains, newest first.
CREATE INDEX "audit_logs_operator_idx" ON "audit_logs" ("created_at" DESC, "id" DESC) WHERE "actor_type" = 'operator';
