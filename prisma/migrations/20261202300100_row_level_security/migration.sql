-- Organizations apart by a second wall, and a role for auditors (ADR 77). Who migrates owns the tables and is held by neither.

-- 1. The roles. They belong to the server, not to one database: they may be there already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agathaai_tenant') THEN
    CREATE ROLE agathaai_tenant NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- Made at this moment, for another database.
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'this role may not make the role agathaai_tenant'
      USING HINT = 'Let an administrator run: CREATE ROLE agathaai_tenant NOLOGIN; GRANT agathaai_tenant TO agathaai_app; then migrate again.';
END $$;
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agathaai_auditor') THEN
    CREATE ROLE agathaai_auditor NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL;
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'this role may not make the role agathaai_auditor'
      USING HINT = 'Let an administrator run: CREATE ROLE agathaai_auditor NOLOGIN; then migrate again.';
END $$;
-- Whoever serves takes on the role of a tenant for the reads of one caller; so does an owner that serves.
DO $$
DECLARE
  member text;
BEGIN
  FOREACH member IN ARRAY ARRAY['agathaai_app', current_user::text] LOOP
    IF NOT pg_has_role(member, 'agathaai_tenant', 'MEMBER') THEN
      EXECUTE format('GRANT agathaai_tenant TO %I', member);
    END IF;
  END LOOP;
EXCEPTION
  WHEN unique_violation OR internal_error THEN NULL; -- Granted at this moment, for another database.
END $$;

-- 2. The wall. The role that serves sees every row, as before; a tenant's role only those of the organization that its transaction
-- named, and none where it named none.
DO $$
DECLARE
  name text;
BEGIN
  FOREACH name IN ARRAY ARRAY[
    'memberships', 'custom_roles', 'invitations', 'api_keys', 'provider_keys', 'inference_requests', 'usage_ledger', 'generations',
    'open_calls', 'audit_logs', 'audit_calls', 'webhook_endpoints', 'webhook_deliveries', 'oauth_apps', 'oauth_grants', 'data_exports'
  ] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY system ON public.%I TO agathaai_app USING (true) WITH CHECK (true)', name);
    EXECUTE format($policy$CREATE POLICY one_organization ON public.%I FOR SELECT TO agathaai_tenant
      USING (org_id = nullif(current_setting('agatha.org', true), '')::uuid)$policy$, name);
    EXECUTE format('GRANT SELECT ON public.%I TO agathaai_tenant', name);
  END LOOP;
END $$;
GRANT USAGE ON SCHEMA public TO agathaai_tenant, agathaai_auditor;
-- What stands for a secret is no reading of a tenant.
REVOKE SELECT ON "api_keys", "provider_keys", "oauth_apps" FROM agathaai_tenant;
GRANT SELECT ("id", "org_id", "created_by", "name", "environment", "prefix", "last_four", "scopes", "models", "ip_allowlist", "rpm_limit",
  "cache_ttl_seconds", "monthly_cap_micros", "spend_id", "predecessor_id", "successor_id", "expires_at", "grace_ends_at", "last_used_at",
  "created_at", "revoked_at", "revoked_by", "suspended_at", "suspension_reason") ON "api_keys" TO agathaai_tenant;

-- 3. Who audits reads the log, its heads and prunings, and the books: nothing else, and changes nothing.
GRANT SELECT ON "audit_logs", "audit_calls", "audit_chains", "audit_prunings", "usage_ledger" TO agathaai_auditor;
CREATE POLICY auditor ON "audit_logs" FOR SELECT TO agathaai_auditor USING (true);
CREATE POLICY auditor ON "audit_calls" FOR SELECT TO agathaai_auditor USING (true);
CREATE POLICY auditor ON "usage_ledger" FOR SELECT TO agathaai_auditor USING (true);
