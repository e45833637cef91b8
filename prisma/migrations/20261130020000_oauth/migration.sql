-- OAuth 2.0 for third parties (ADR 60, 61): apps, what people gave them, and what the protocol keeps between its steps.
-- Nothing has used these tables yet.
DROP TABLE "oauth_artifacts";
DROP TABLE "oauth_clients";

CREATE TABLE "oauth_apps" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "name" TEXT NOT NULL,
  "homepage_url" TEXT NOT NULL,
  "redirect_uris" TEXT[] NOT NULL,
  "scopes" TEXT[] NOT NULL,
  -- Null for a public app, which cannot keep one.
  "secret_hash" BYTEA,
  "previous_secret_hash" BYTEA,
  "previous_secret_until" TIMESTAMPTZ(3),
  -- A PNG of our own making.
  "logo" BYTEA,
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "oauth_apps_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "oauth_apps_redirect_uris" CHECK (cardinality("redirect_uris") BETWEEN 1 AND 10),
  CONSTRAINT "oauth_apps_logo" CHECK (octet_length("logo") <= 131072),
  CONSTRAINT "oauth_apps_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "oauth_apps_org_id_idx" ON "oauth_apps" ("org_id");

-- One consent: an app may act for one person in one organization. Its end deletes the row, and with it codes and tokens.
CREATE TABLE "oauth_grants" (
  "id" UUID NOT NULL,
  "app_id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "user_id" UUID NOT NULL,
  "scopes" TEXT[] NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "last_used_at" TIMESTAMPTZ(3),
  CONSTRAINT "oauth_grants_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "oauth_grants_app_id_fkey" FOREIGN KEY ("app_id") REFERENCES "oauth_apps" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "oauth_grants_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "oauth_grants_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "oauth_grants_app_id_idx" ON "oauth_grants" ("app_id");
CREATE INDEX "oauth_grants_org_id_idx" ON "oauth_grants" ("org_id");
CREATE INDEX "oauth_grants_user_id_idx" ON "oauth_grants" ("user_id");
CREATE INDEX "oauth_grants_expires_at_idx" ON "oauth_grants" ("expires_at");

-- Codes, refresh tokens and authorization requests under way. Found by a keyed fingerprint of the secret that the caller
-- holds, and encrypted under a key made of it: the row alone is neither usable nor readable.
CREATE TABLE "oauth_artifacts" (
  "id" BYTEA NOT NULL,
  "kind" TEXT NOT NULL,
  "payload_cipher" BYTEA NOT NULL,
  "grant_id" UUID,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  "consumed_at" TIMESTAMPTZ(3),
  CONSTRAINT "oauth_artifacts_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "oauth_artifacts_grant_id_fkey" FOREIGN KEY ("grant_id") REFERENCES "oauth_grants" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "oauth_artifacts_grant_id_idx" ON "oauth_artifacts" ("grant_id");
CREATE INDEX "oauth_artifacts_expires_at_idx" ON "oauth_artifacts" ("expires_at");
