-- Webhooks (ADR 52): endpoints of one environment, secrets that overlap while they rotate, deliveries with their attempts.
ALTER TABLE "webhook_endpoints"
  ADD COLUMN "environment" "environment" NOT NULL DEFAULT 'live',
  ADD COLUMN "description" TEXT NOT NULL DEFAULT '',
  ADD COLUMN "previous_secret_cipher" BYTEA,
  ADD COLUMN "previous_secret_until" TIMESTAMPTZ(3),
  ADD COLUMN "failing_since" TIMESTAMPTZ(3),
  ADD COLUMN "disabled_because" TEXT,
  ADD COLUMN "told_at" TIMESTAMPTZ(3),
  ADD COLUMN "created_by" UUID,
  ADD CONSTRAINT "webhook_endpoints_disabled_because" CHECK ("disabled_because" IN ('customer', 'gone', 'failing')),
  ADD CONSTRAINT "webhook_endpoints_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "webhook_deliveries"
  ADD COLUMN "event_id" UUID NOT NULL DEFAULT gen_random_uuid(),
  ADD COLUMN "retries" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "webhook_deliveries" ALTER COLUMN "event_id" DROP DEFAULT;

-- Whatever happens twice, an endpoint gets an event once.
CREATE UNIQUE INDEX "webhook_deliveries_endpoint_id_event_id_key" ON "webhook_deliveries" ("endpoint_id", "event_id");
CREATE INDEX "webhook_deliveries_endpoint_id_id_idx" ON "webhook_deliveries" ("endpoint_id", "id" DESC);
DROP INDEX "webhook_deliveries_endpoint_id_idx";
-- Claims go endpoint by endpoint, so that a long backlog of one delays no other.
CREATE INDEX "webhook_deliveries_due_idx" ON "webhook_deliveries" ("endpoint_id", "next_attempt_at") WHERE status = 'pending';
DROP INDEX "webhook_deliveries_pending_idx";

CREATE TABLE "webhook_attempts" (
  "delivery_id" UUID NOT NULL,
  "number" INTEGER NOT NULL,
  "at" TIMESTAMPTZ(3) NOT NULL,
  "duration_ms" INTEGER NOT NULL,
  "status" INTEGER,
  "error" TEXT,
  "response" TEXT,
  CONSTRAINT "webhook_attempts_pkey" PRIMARY KEY ("delivery_id", "number"),
  CONSTRAINT "webhook_attempts_delivery_id_fkey" FOREIGN KEY ("delivery_id") REFERENCES "webhook_deliveries" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
