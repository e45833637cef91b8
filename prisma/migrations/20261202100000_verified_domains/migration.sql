-- Domains that an organization has proven to own by a DNS record (ADR 70).
CREATE TABLE "organization_domains" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  -- Lower case, ASCII.
  "domain" TEXT NOT NULL,
  -- What the TXT record has to say. Public, and different for each organization.
  "proof" TEXT NOT NULL,
  "verified_at" TIMESTAMPTZ(3),
  "checked_at" TIMESTAMPTZ(3),
  -- Since when the record of a verified domain is missing.
  "missing_since" TIMESTAMPTZ(3),
  -- When it stopped being verified, because the record stayed away.
  "lost_at" TIMESTAMPTZ(3),
  -- When owners and admins were told of the present state.
  "notified_at" TIMESTAMPTZ(3),
  "created_by" UUID,
  "created_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "organization_domains_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "organization_domains_domain" CHECK (domain = lower(domain) AND domain <> ''),
  CONSTRAINT "organization_domains_missing" CHECK (missing_since IS NULL OR verified_at IS NOT NULL),
  CONSTRAINT "organization_domains_lost" CHECK (lost_at IS NULL OR verified_at IS NULL),
  CONSTRAINT "organization_domains_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE UNIQUE INDEX "organization_domains_org_id_domain_key" ON "organization_domains" ("org_id", "domain");
-- One organization at most has a domain verified.
CREATE UNIQUE INDEX "organization_domains_verified_key" ON "organization_domains" ("domain") WHERE verified_at IS NOT NULL;
