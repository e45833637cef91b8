-- What Stripe says beside the plan: when it ends, since when money is owed, and where it is paid.
ALTER TABLE "subscriptions"
  ADD COLUMN "ends_at" TIMESTAMPTZ(3),
  ADD COLUMN "unpaid_since" TIMESTAMPTZ(3),
  ADD COLUMN "due_micros" BIGINT,
  ADD COLUMN "due_url" TEXT,
  ADD COLUMN "due_confirm" BOOLEAN NOT NULL DEFAULT false;

-- An agreement takes the place of whatever was about to be bought: its open payment pages are closed, once.
ALTER TABLE "plan_overrides" ADD COLUMN "pages_closed_at" TIMESTAMPTZ(3);

-- Agreements of organizations that were deleted before they ended with them.
UPDATE "plan_overrides" p SET "ended_at" = o."deleted_at"
FROM "organizations" o WHERE o."id" = p."org_id" AND o."deleted_at" IS NOT NULL AND p."ended_at" IS NULL;

-- A letter that is sent once, whatever events it could follow from.
CREATE TABLE "billing_letters" (
  "key" TEXT NOT NULL,
  "org_id" UUID NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "billing_letters_pkey" PRIMARY KEY ("key"),
  CONSTRAINT "billing_letters_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- What happened at Stripe that a person has to look at.
CREATE TABLE "billing_incidents" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "kind" TEXT NOT NULL,
  "object_id" TEXT NOT NULL,
  "state" TEXT NOT NULL,
  "micros" BIGINT NOT NULL,
  "subscription_id" TEXT,
  "plan_lost_until" TIMESTAMPTZ(3),
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  "told_at" TIMESTAMPTZ(3),
  "handled_at" TIMESTAMPTZ(3),
  "handled_by" UUID,
  CONSTRAINT "billing_incidents_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "billing_incidents_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "billing_incidents_kind_object_id_key" ON "billing_incidents"("kind", "object_id");
CREATE INDEX "billing_incidents_org_id_plan_lost_until_idx" ON "billing_incidents"("org_id", "plan_lost_until");
CREATE INDEX "billing_incidents_open" ON "billing_incidents" ("created_at") WHERE "handled_at" IS NULL;
