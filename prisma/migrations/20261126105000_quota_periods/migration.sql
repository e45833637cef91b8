-- Tokens count in the subscription's own period where there is one; money goes on counting in UTC calendar months. A
-- counter is named by its period's first instant, so that for those without a subscription one row does for both.
ALTER TABLE "quota_counters" DROP CONSTRAINT "quota_counters_first_of_month";
ALTER TABLE "quota_counters" ALTER COLUMN "month" TYPE TIMESTAMPTZ(3) USING "month"::timestamp AT TIME ZONE 'UTC';
ALTER TABLE "quota_counters" RENAME COLUMN "month" TO "starts_at";
-- What plans that ended within the period have given for their share of it.
ALTER TABLE "quota_counters" ADD COLUMN "granted_tokens" BIGINT NOT NULL DEFAULT 0;
ALTER TABLE "quota_counters" ADD CONSTRAINT "quota_counters_granted_not_negative" CHECK ("granted_tokens" >= 0);

-- Since when the plan in force counts within the running period; null, or before its start, is the whole of it.
ALTER TABLE "subscriptions" ADD COLUMN "quota_since" TIMESTAMPTZ(3);

-- The period whose tokens a request has reserved and settles against, whatever period has begun meanwhile.
ALTER TABLE "inference_requests" ADD COLUMN "quota_period" TIMESTAMPTZ(3);
UPDATE "inference_requests" r SET "quota_period" = coalesce(
  (SELECT s."current_period_start" FROM "subscriptions" s
   WHERE s."org_id" = r."org_id" AND s."stripe_subscription_id" IS NOT NULL),
  r."quota_month"::timestamp AT TIME ZONE 'UTC')
WHERE r."status" IN ('queued', 'processing') AND r."quota_month" IS NOT NULL;

-- Those with a subscription: what was used since their period began, and what is in progress, counts in that period.
INSERT INTO "quota_counters" AS q ("org_id", "starts_at", "used_tokens", "reserved_tokens", "updated_at")
SELECT s."org_id", s."current_period_start",
  coalesce((SELECT sum(l."input_tokens" + l."output_tokens") FROM "usage_ledger" l
    WHERE l."org_id" = s."org_id" AND l."created_at" >= s."current_period_start" AND l."billable"), 0),
  coalesce((SELECT sum(r."reserved_tokens") FROM "inference_requests" r
    WHERE r."org_id" = s."org_id" AND r."status" IN ('queued', 'processing') AND r."quota_month" IS NOT NULL), 0),
  now()
FROM "subscriptions" s
WHERE s."stripe_subscription_id" IS NOT NULL AND s."current_period_start" IS NOT NULL
ON CONFLICT ("org_id", "starts_at") DO UPDATE SET
  "used_tokens" = EXCLUDED."used_tokens", "reserved_tokens" = EXCLUDED."reserved_tokens";
-- Their calendar month keeps the money, and the tokens of before.
UPDATE "quota_counters" q SET
  "reserved_tokens" = 0,
  "used_tokens" = coalesce((SELECT sum(l."input_tokens" + l."output_tokens") FROM "usage_ledger" l
    WHERE l."org_id" = q."org_id" AND l."created_at" >= q."starts_at" AND l."created_at" < s."current_period_start"
      AND l."billable"), 0)
FROM "subscriptions" s
WHERE s."org_id" = q."org_id" AND s."stripe_subscription_id" IS NOT NULL AND s."current_period_start" IS NOT NULL
  AND q."starts_at" = date_trunc('month', now(), 'UTC') AND q."starts_at" <> s."current_period_start";

-- A threshold belongs to the period of its limit, and says when that ends.
ALTER TABLE "usage_notices" ALTER COLUMN "month" TYPE TIMESTAMPTZ(3) USING "month"::timestamp AT TIME ZONE 'UTC';
ALTER TABLE "usage_notices" RENAME COLUMN "month" TO "starts_at";
ALTER TABLE "usage_notices" ADD COLUMN "ends_at" TIMESTAMPTZ(3);
UPDATE "usage_notices" SET "ends_at" = ("starts_at" AT TIME ZONE 'UTC' + interval '1 month') AT TIME ZONE 'UTC';
ALTER TABLE "usage_notices" ALTER COLUMN "ends_at" SET NOT NULL;
ALTER INDEX "usage_notices_org_id_month_idx" RENAME TO "usage_notices_org_id_starts_at_idx";
