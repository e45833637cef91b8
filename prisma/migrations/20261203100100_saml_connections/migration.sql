-- A connection speaks OpenID Connect or SAML (ADR 87).
ALTER TABLE "company_connections"
  ADD COLUMN "kind" TEXT NOT NULL DEFAULT 'oidc',
  -- Of SAML: where sign-ins begin, and whose signatures count. Two certificates while one replaces the other.
  ADD COLUMN "sso_url" TEXT,
  ADD COLUMN "certificates" TEXT[] NOT NULL DEFAULT '{}';
ALTER TABLE "company_connections" ALTER COLUMN "client_id" DROP NOT NULL;
ALTER TABLE "company_connections" ALTER COLUMN "secret_cipher" DROP NOT NULL;
ALTER TABLE "company_connections" ADD CONSTRAINT "company_connections_kind" CHECK (
  (kind = 'oidc' AND client_id IS NOT NULL AND secret_cipher IS NOT NULL)
  OR (kind = 'saml' AND sso_url IS NOT NULL AND cardinality(certificates) BETWEEN 1 AND 2)
);

-- Of SAML: whom the provider named, until the browser that began comes for it. One answer a request.
ALTER TABLE "company_sign_in_requests" ADD COLUMN "person_cipher" BYTEA;
