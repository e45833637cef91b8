-- Sign-in by an organization's own identity provider (ADR 70).
CREATE TABLE "company_connections" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "issuer" TEXT NOT NULL,
  "client_id" TEXT NOT NULL,
  "secret_cipher" BYTEA NOT NULL,
  -- The role of people who become members by signing in.
  "default_role" "org_role" NOT NULL,
  -- Whether members of verified domains can work in the organization by no other sign-in.
  "enforced" BOOLEAN NOT NULL DEFAULT false,
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "company_connections_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "company_connections_default_role" CHECK (default_role <> 'owner'),
  CONSTRAINT "company_connections_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "company_connections_org_id_key" ON "company_connections" ("org_id");

-- A sign-in that is under way at the identity provider. Deleted when the browser comes back.
CREATE TABLE "company_sign_in_requests" (
  "state_hash" BYTEA NOT NULL,
  "connection_id" UUID NOT NULL,
  -- Of a secret that the browser keeps in a cookie.
  "holder_hash" BYTEA NOT NULL,
  -- The session that is to be stepped up; null where somebody signs in.
  "session_id" UUID,
  "next_path" TEXT NOT NULL,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  "expires_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "company_sign_in_requests_pkey" PRIMARY KEY ("state_hash"),
  CONSTRAINT "company_sign_in_requests_connection_id_fkey" FOREIGN KEY ("connection_id") REFERENCES "company_connections" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "company_sign_in_requests_connection_id_idx" ON "company_sign_in_requests" ("connection_id");
CREATE INDEX "company_sign_in_requests_expires_at_idx" ON "company_sign_in_requests" ("expires_at");

-- The connection by which a session was signed in.
ALTER TABLE "sessions" ADD COLUMN "connection_id" UUID;
CREATE INDEX "sessions_connection_id_idx" ON "sessions" ("connection_id") WHERE connection_id IS NOT NULL;
