-- Money beside tokens: what a request may cost is set aside before it runs and settled after it, for its organization
-- and for its key, so that a cap is a bound and not a hope.
ALTER TABLE "subscriptions"
    ADD COLUMN "monthly_cap_micros" BIGINT,
    ADD COLUMN "overage" BOOLEAN NOT NULL DEFAULT false;

ALTER TABLE "quota_counters"
    ADD COLUMN "cap_micros" BIGINT,
    ADD COLUMN "spent_micros" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "reserved_micros" BIGINT NOT NULL DEFAULT 0;

-- A rotated key goes on spending where its predecessor did: the counter belongs to the first of the chain.
ALTER TABLE "api_keys" ADD COLUMN "spend_id" UUID;
WITH RECURSIVE "chain" AS (
    SELECT "id", "id" AS "root" FROM "api_keys" WHERE "predecessor_id" IS NULL
    UNION ALL
    SELECT k."id", c."root" FROM "api_keys" k JOIN "chain" c ON k."predecessor_id" = c."id"
)
UPDATE "api_keys" k SET "spend_id" = c."root" FROM "chain" c WHERE c."id" = k."id";
UPDATE "api_keys" SET "spend_id" = "id" WHERE "spend_id" IS NULL;
ALTER TABLE "api_keys" ALTER COLUMN "spend_id" SET NOT NULL;

CREATE TABLE "key_spend" (
    "key_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "org_id" UUID NOT NULL,
    "cap_micros" BIGINT,
    "spent_micros" BIGINT NOT NULL DEFAULT 0,
    "reserved_micros" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "key_spend_pkey" PRIMARY KEY ("key_id", "month")
);
CREATE INDEX "key_spend_org_id_month_idx" ON "key_spend"("org_id", "month");
ALTER TABLE "key_spend"
    ADD CONSTRAINT "key_spend_first_of_month" CHECK (date_trunc('month', "month"::timestamp) = "month"::timestamp),
    ADD CONSTRAINT "key_spend_not_negative" CHECK ("spent_micros" >= 0 AND "reserved_micros" >= 0);
ALTER TABLE "quota_counters" ADD CONSTRAINT "quota_counters_money_not_negative" CHECK ("spent_micros" >= 0 AND "reserved_micros" >= 0);

-- `overage_from` is the quota that the organization had agreed to pay beyond when the request was accepted.
ALTER TABLE "inference_requests"
    ADD COLUMN "reserved_micros" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "spend_id" UUID,
    ADD COLUMN "overage_from" BIGINT;
ALTER TABLE "usage_ledger"
    ADD COLUMN "reserved_micros" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "overage_tokens" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "overage_micros" BIGINT NOT NULL DEFAULT 0;

-- What was spent before this migration counts as well.
UPDATE "quota_counters" q SET "spent_micros" = l."cost" FROM (
    SELECT "org_id", date_trunc('month', "created_at" AT TIME ZONE 'UTC')::date AS "month", sum("cost_micros")::bigint AS "cost"
    FROM "usage_ledger" WHERE "billable" GROUP BY 1, 2
) l WHERE l."org_id" = q."org_id" AND l."month" = q."month";
INSERT INTO "key_spend" ("key_id", "month", "org_id", "spent_micros", "updated_at")
SELECT k."spend_id", date_trunc('month', l."created_at" AT TIME ZONE 'UTC')::date, l."org_id", sum(l."cost_micros")::bigint, now()
FROM "usage_ledger" l JOIN "api_keys" k ON k."id" = l."api_key_id" AND k."org_id" = l."org_id"
WHERE l."billable" GROUP BY 1, 2, 3;

-- The outbox of overage: written with the ledger row it bills, sent to Stripe's meter under the same id.
CREATE TABLE "overage_reports" (
    "request_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "micros" BIGINT NOT NULL,
    "used_at" TIMESTAMPTZ(3) NOT NULL,
    "reported_at" TIMESTAMPTZ(3),

    CONSTRAINT "overage_reports_pkey" PRIMARY KEY ("request_id")
);
CREATE INDEX "overage_reports_org_id_used_at_idx" ON "overage_reports"("org_id", "used_at");
CREATE INDEX "overage_reports_waiting_idx" ON "overage_reports"("used_at") WHERE "reported_at" IS NULL;
ALTER TABLE "overage_reports" ADD CONSTRAINT "overage_reports_micros_positive" CHECK ("micros" > 0);

-- Which thresholds of quota and caps were passed: each is told once a month and limit, so that another limit is told of
-- again. `mailed_at` is null until it was.
CREATE TABLE "usage_notices" (
    "subject_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "kind" TEXT NOT NULL,
    "percent" INTEGER NOT NULL,
    "limit_amount" BIGINT NOT NULL,
    "org_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "mailed_at" TIMESTAMPTZ(3),

    CONSTRAINT "usage_notices_pkey" PRIMARY KEY ("subject_id", "month", "kind", "percent", "limit_amount")
);
CREATE INDEX "usage_notices_org_id_month_idx" ON "usage_notices"("org_id", "month");
CREATE INDEX "usage_notices_waiting_idx" ON "usage_notices"("created_at") WHERE "mailed_at" IS NULL;

-- The mails a person does not want. Those about security and failed payments cannot be muted.
ALTER TABLE "users" ADD COLUMN "muted_mails" TEXT[] NOT NULL DEFAULT '{}';
