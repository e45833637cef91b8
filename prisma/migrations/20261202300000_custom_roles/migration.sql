-- 1. Whether developers see everyone's requests and usage, or their own (ADR 75). It stays as it was where there are organizations already.
ALTER TABLE "organizations" ADD COLUMN "developers_see_all" BOOLEAN NOT NULL DEFAULT false;
UPDATE "organizations" SET "developers_see_all" = true;
-- A key that could read, could read everything of its environment: it still can.
UPDATE "api_keys" SET "scopes" = array_append("scopes", 'requests:read_all')
  WHERE "scopes" && ARRAY['inference:read', 'inference:write', 'history:read', 'history:write', 'usage:read']
    AND NOT 'requests:read_all' = ANY ("scopes");

-- 2. Roles of an organization's own (ADR 76). A member keeps a built-in role, its base: what a custom role is without the plan.
CREATE TABLE "custom_roles" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "base" "org_role" NOT NULL,
    "permissions" TEXT[] NOT NULL,
    "created_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "custom_roles_pkey" PRIMARY KEY ("id"),
    -- An owner is one by the built-in role alone.
    CONSTRAINT "custom_roles_base_is_no_owner" CHECK ("base" <> 'owner')
);
CREATE UNIQUE INDEX "custom_roles_org_id_name_key" ON "custom_roles" ("org_id", "name");
-- A member's role is of their own organization.
CREATE UNIQUE INDEX "custom_roles_org_id_id_key" ON "custom_roles" ("org_id", "id");
ALTER TABLE "custom_roles" ADD CONSTRAINT "custom_roles_org_id_fkey"
  FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE;

ALTER TABLE "memberships" ADD COLUMN "custom_role_id" UUID;
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_org_id_custom_role_id_fkey"
  FOREIGN KEY ("org_id", "custom_role_id") REFERENCES "custom_roles" ("org_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;
CREATE INDEX "memberships_custom_role_id_idx" ON "memberships" ("custom_role_id");
ALTER TABLE "invitations" ADD COLUMN "custom_role_id" UUID;
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_org_id_custom_role_id_fkey"
  FOREIGN KEY ("org_id", "custom_role_id") REFERENCES "custom_roles" ("org_id", "id") ON DELETE NO ACTION ON UPDATE CASCADE;
CREATE INDEX "invitations_custom_role_id_idx" ON "invitations" ("custom_role_id");

-- 3. Every process learns of a change at once, as of a suspension.
CREATE OR REPLACE TRIGGER "organizations_notify_change"
  AFTER UPDATE OF "deleted_at", "storage", "suspended_at", "developers_see_all" ON "organizations"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
CREATE TRIGGER "custom_roles_notify_change" AFTER UPDATE OF "permissions" ON "custom_roles"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
CREATE TRIGGER "memberships_notify_change" AFTER UPDATE OF "role", "custom_role_id" ON "memberships"
  FOR EACH ROW EXECUTE FUNCTION notify_access_change();
