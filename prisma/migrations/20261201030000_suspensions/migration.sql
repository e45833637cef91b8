-- Operators suspend accounts, organizations and keys, with a reason that the customer reads (ADR 68).
ALTER TABLE "users" ADD COLUMN "suspended_at" TIMESTAMPTZ(3), ADD COLUMN "suspended_by" UUID, ADD COLUMN "suspension_reason" TEXT,
  ADD CONSTRAINT "users_suspended_with_reason" CHECK ((suspended_at IS NULL) = (suspension_reason IS NULL));
ALTER TABLE "organizations" ADD COLUMN "suspended_at" TIMESTAMPTZ(3), ADD COLUMN "suspended_by" UUID, ADD COLUMN "suspension_reason" TEXT,
  ADD CONSTRAINT "organizations_suspended_with_reason" CHECK ((suspended_at IS NULL) = (suspension_reason IS NULL));
ALTER TABLE "api_keys" ADD COLUMN "suspended_at" TIMESTAMPTZ(3), ADD COLUMN "suspended_by" UUID, ADD COLUMN "suspension_reason" TEXT,
  ADD CONSTRAINT "api_keys_suspended_with_reason" CHECK ((suspended_at IS NULL) = (suspension_reason IS NULL));
CREATE INDEX "users_suspended_at_idx" ON "users" ("suspended_at") WHERE suspended_at IS NOT NULL;
CREATE INDEX "organizations_suspended_at_idx" ON "organizations" ("suspended_at") WHERE suspended_at IS NOT NULL;
CREATE INDEX "api_keys_suspended_at_idx" ON "api_keys" ("suspended_at") WHERE suspended_at IS NOT NULL;

-- Told at once, as the end of a key or an organization is. What an account may do stands in several caches of a process.
CREATE OR REPLACE FUNCTION notify_access_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  IF TG_TABLE_NAME = 'api_keys' THEN
    PERFORM pg_notify('agatha_access', 'key ' || encode(OLD.secret_hash, 'hex') || ' ' || OLD.org_id::text);
  ELSIF TG_TABLE_NAME = 'users' THEN
    PERFORM pg_notify('agatha_access', 'user ' || OLD.id::text);
  ELSIF TG_TABLE_NAME = 'organizations' THEN
    PERFORM pg_notify('agatha_access', 'org ' || OLD.id::text);
  ELSIF TG_OP = 'INSERT' THEN
    PERFORM pg_notify('agatha_access', 'org ' || NEW.org_id::text);
  ELSE
    PERFORM pg_notify('agatha_access', 'org ' || OLD.org_id::text);
  END IF;
  RETURN NULL;
END $$;
CREATE OR REPLACE TRIGGER "api_keys_notify_change" AFTER DELETE OR UPDATE OF "revoked_at", "expires_at", "grace_ends_at", "scopes",
  "models", "ip_allowlist", "rpm_limit", "monthly_cap_micros", "created_by", "suspended_at" ON "api_keys"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
CREATE OR REPLACE TRIGGER "organizations_notify_change" AFTER UPDATE OF "deleted_at", "storage", "suspended_at" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
CREATE TRIGGER "users_notify_suspension" AFTER UPDATE OF "suspended_at" ON "users"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
