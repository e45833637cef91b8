-- Service accounts of an organization, which sign in with client credentials (ADR 94). Each is metered and limited by a key of the same id
-- that has no secret of its own: what a program may do, spends and did stands in one place.
CREATE TABLE "service_accounts" (
  "id" UUID NOT NULL,
  "org_id" UUID NOT NULL,
  "secret_hash" BYTEA NOT NULL,
  "previous_secret_hash" BYTEA,
  "previous_secret_until" TIMESTAMPTZ(3),
  -- Tokens of an earlier generation are refused.
  "generation" INTEGER NOT NULL DEFAULT 1,
  "disabled_at" TIMESTAMPTZ(3),
  "updated_at" TIMESTAMPTZ(3) NOT NULL,
  CONSTRAINT "service_accounts_pkey" PRIMARY KEY ("id"),
  CONSTRAINT "service_accounts_id_fkey" FOREIGN KEY ("id") REFERENCES "api_keys" ("id") ON DELETE CASCADE ON UPDATE CASCADE,
  CONSTRAINT "service_accounts_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations" ("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "service_accounts_org_id_idx" ON "service_accounts" ("org_id");
CREATE INDEX "service_accounts_secret_hash_idx" ON "service_accounts" ("secret_hash");
CREATE INDEX "service_accounts_previous_secret_hash_idx" ON "service_accounts" ("previous_secret_hash");

-- The second wall (ADR 77); what stands for a secret is no reading of a tenant.
ALTER TABLE "service_accounts" ENABLE ROW LEVEL SECURITY;
CREATE POLICY "system" ON "service_accounts" TO agathaai_app USING (true) WITH CHECK (true);
CREATE POLICY "one_organization" ON "service_accounts" FOR SELECT TO agathaai_tenant
  USING (org_id = nullif(current_setting('agatha.org', true), '')::uuid);
GRANT SELECT ("id", "org_id", "previous_secret_until", "generation", "disabled_at", "updated_at") ON "service_accounts" TO agathaai_tenant;

-- Every process learns at once of one that is disabled or deleted, or whose tokens were ended: it knows them by their keys.
CREATE FUNCTION notify_service_account_change() RETURNS trigger LANGUAGE plpgsql SET search_path = pg_catalog, pg_temp AS $$
BEGIN
  PERFORM pg_notify('agatha_access', 'key ' || encode(k.secret_hash, 'hex') || ' ' || k.org_id::text)
    FROM public.api_keys k WHERE k.id = OLD.id;
  RETURN NULL;
END $$;
CREATE TRIGGER "service_accounts_notify_change" AFTER DELETE OR UPDATE OF "disabled_at", "generation" ON "service_accounts"
  FOR EACH ROW EXECUTE FUNCTION notify_service_account_change();
