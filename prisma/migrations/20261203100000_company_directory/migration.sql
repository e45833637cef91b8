-- A company's directory keeps members and their roles by SCIM (ADR 71).
CREATE TABLE "directory_tokens" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "secret_hash" BYTEA NOT NULL,
  "prefix" TEXT NOT NULL,
  "last_four" TEXT NOT NULL,
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  CONSTRAINT "directory_tokens_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "directory_tokens_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "directory_tokens_secret_hash_key" ON "directory_tokens" ("secret_hash");
CREATE INDEX "directory_tokens_org_id_idx" ON "directory_tokens" ("org_id");

-- A person as the directory describes them. What it says is encrypted under the organization's key, and found by fingerprints.
CREATE TABLE "directory_users" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  -- Their account; null where the directory has never had them active.
  "user_id" UUID,
  "profile_cipher" BYTEA NOT NULL,
  "user_name_index" BYTEA NOT NULL,
  "email_index" BYTEA NOT NULL,
  "external_id_index" BYTEA,
  "active" BOOLEAN NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "directory_users_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "directory_users_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "directory_users_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "directory_users_org_id_user_name_index_key" ON "directory_users" ("org_id", "user_name_index");
CREATE UNIQUE INDEX "directory_users_org_id_email_index_key" ON "directory_users" ("org_id", "email_index");
CREATE UNIQUE INDEX "directory_users_org_id_user_id_key" ON "directory_users" ("org_id", "user_id");
CREATE INDEX "directory_users_org_id_external_id_index_idx" ON "directory_users" ("org_id", "external_id_index");
CREATE INDEX "directory_users_user_id_idx" ON "directory_users" ("user_id");

-- A group of the directory, and the role that a person of the organization has given it: a built-in one, a custom one, or none.
CREATE TABLE "directory_groups" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "display_name" TEXT NOT NULL,
  "external_id" TEXT,
  "role" "org_role",
  "custom_role_id" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "directory_groups_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "directory_groups_role" CHECK (role IS DISTINCT FROM 'owner' AND (role IS NULL OR custom_role_id IS NULL)),
  CONSTRAINT "directory_groups_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "directory_groups_custom_role_id_fkey" FOREIGN KEY ("custom_role_id") REFERENCES "custom_roles" ("id") ON DELETE SET NULL ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "directory_groups_org_id_display_name_key" ON "directory_groups" ("org_id", "display_name");
CREATE INDEX "directory_groups_org_id_external_id_idx" ON "directory_groups" ("org_id", "external_id");
CREATE INDEX "directory_groups_custom_role_id_idx" ON "directory_groups" ("custom_role_id");

CREATE TABLE "directory_group_members" (
  "group_id" UUID NOT NULL,
  "directory_user_id" UUID NOT NULL,
  CONSTRAINT "directory_group_members_pkey" PRIMARY KEY ("group_id", "directory_user_id"),
  CONSTRAINT "directory_group_members_group_id_fkey" FOREIGN KEY ("group_id") REFERENCES "directory_groups" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "directory_group_members_directory_user_id_fkey" FOREIGN KEY ("directory_user_id") REFERENCES "directory_users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "directory_group_members_directory_user_id_idx" ON "directory_group_members" ("directory_user_id");
