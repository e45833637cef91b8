-- The region that an organization's prompts may not leave (ADR 90).
ALTER TABLE "organizations" ADD COLUMN "residency" TEXT;
ALTER TABLE "organizations" ADD CONSTRAINT "organizations_residency_is_known" CHECK (residency IN ('eu'));
-- Every process learns of a change at once.
CREATE OR REPLACE TRIGGER "organizations_notify_change"
  AFTER UPDATE OF "deleted_at", "storage", "suspended_at", "developers_see_all", "residency" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
