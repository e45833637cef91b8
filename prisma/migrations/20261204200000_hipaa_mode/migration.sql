-- HIPAA mode of an organization: since when, and since when nothing is left of what was kept before (ADR 102).
ALTER TABLE "organizations"
  ADD COLUMN "hipaa_since" TIMESTAMPTZ(3),
  ADD COLUMN "hipaa_erased_at" TIMESTAMPTZ(3);
-- Nothing is kept in it, whichever setting is changed by whom.
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_hipaa_keeps_nothing" CHECK (
  "hipaa_since" IS NULL OR (
    "storage" = 'forbidden' AND coalesce("retention_days", 1) = 0 AND coalesce("archive_days", 1) = 0)) NOT VALID;
-- Every process learns of a change at once.
CREATE OR REPLACE TRIGGER "organizations_notify_change"
  AFTER UPDATE OF "deleted_at", "storage", "suspended_at", "developers_see_all", "residency", "hipaa_since" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();

-- Who turned it on under which version of the agreement, and who turned it off and why: written once, never changed.
CREATE TABLE "hipaa_decisions" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  -- Stays when the person is erased, as in the audit log.
  "user_id" UUID NOT NULL,
  "turned_on" BOOLEAN NOT NULL,
  "agreement_version" TEXT,
  "reason_cipher" BYTEA,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "hipaa_decisions_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "hipaa_decisions_rest_on_something" CHECK (
    "turned_on" = ("agreement_version" IS NOT NULL) AND "turned_on" = ("reason_cipher" IS NULL)),
  CONSTRAINT "hipaa_decisions_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id")
    ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "hipaa_decisions_org_id_id_idx" ON "hipaa_decisions" ("org_id", "id");
