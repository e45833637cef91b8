-- The second wall behind an organization's management (ADR 122): whoever changes its members, keys, webhooks or settings does so in a role
-- that sees and changes this organization's rows only.

-- 1. The role. It belongs to the server, not to one database: it may be there already.
DO $$
BEGIN
  IF NOT EXISTS (SELECT FROM pg_roles WHERE rolname = 'agathaai_manager') THEN
    CREATE ROLE agathaai_manager NOLOGIN NOSUPERUSER NOCREATEDB NOCREATEROLE NOREPLICATION NOBYPASSRLS;
  END IF;
EXCEPTION
  WHEN duplicate_object OR unique_violation THEN NULL; -- Made at this moment, for another database.
  WHEN insufficient_privilege THEN
    RAISE EXCEPTION 'this role may not make the role agathaai_manager'
      USING HINT = 'Let an administrator run: CREATE ROLE agathaai_manager NOLOGIN; GRANT agathaai_manager TO agathaai_app; then migrate again.';
END $$;
-- Whoever serves takes it on for one change; so does an owner that serves.
DO $$
DECLARE
  member text;
BEGIN
  FOREACH member IN ARRAY ARRAY['agathaai_app', current_user::text] LOOP
    IF NOT pg_has_role(member, 'agathaai_manager', 'MEMBER') THEN
      EXECUTE format('GRANT agathaai_manager TO %I', member);
    END IF;
  END LOOP;
EXCEPTION
  WHEN unique_violation OR internal_error THEN NULL; -- Granted at this moment, for another database.
END $$;
GRANT USAGE ON SCHEMA public TO agathaai_manager;

-- 2. The wall: nothing is seen, changed or added but for the organization that the transaction named, and nothing where it named none.
DO $$
DECLARE
  name text;
BEGIN
  -- These had none yet. For the role that serves its policy is the constant true, which the planner drops.
  FOREACH name IN ARRAY ARRAY[
    'organizations', 'data_keys', 'known_devices', 'response_caches', 'hipaa_decisions', 'sub_processor_notices', 'audit_streams'
  ] LOOP
    EXECUTE format('ALTER TABLE public.%I ENABLE ROW LEVEL SECURITY', name);
    EXECUTE format('CREATE POLICY system ON public.%I TO agathaai_app USING (true) WITH CHECK (true)', name);
  END LOOP;
  FOREACH name IN ARRAY ARRAY[
    'memberships', 'custom_roles', 'invitations', 'api_keys', 'service_accounts', 'provider_keys', 'webhook_endpoints',
    'webhook_deliveries', 'oauth_apps', 'response_caches', 'hipaa_decisions', 'sub_processor_notices', 'audit_streams'
  ] LOOP
    EXECUTE format($policy$CREATE POLICY managed_organization ON public.%I TO agathaai_manager
      USING (org_id = nullif(current_setting('agatha.org', true), '')::uuid)
      WITH CHECK (org_id = nullif(current_setting('agatha.org', true), '')::uuid)$policy$, name);
  END LOOP;
END $$;
CREATE POLICY "managed_organization" ON "organizations" TO agathaai_manager
  USING (id = nullif(current_setting('agatha.org', true), '')::uuid)
  WITH CHECK (id = nullif(current_setting('agatha.org', true), '')::uuid);
-- The organization's data key, and that of the person who manages it.
CREATE POLICY "managed_organization" ON "data_keys" FOR SELECT TO agathaai_manager
  USING (subject_id IN (nullif(current_setting('agatha.org', true), '')::uuid, nullif(current_setting('agatha.user', true), '')::uuid));
-- A key that is made from a new device is emailed to whoever made it.
CREATE POLICY "own_devices" ON "known_devices" TO agathaai_manager
  USING (user_id = nullif(current_setting('agatha.user', true), '')::uuid)
  WITH CHECK (user_id = nullif(current_setting('agatha.user', true), '')::uuid);

-- 3. What may be read there. Hashes and ciphertexts only where a change needs the old one: to forget a key at once, and to sign with the
-- secret of before for a day.
GRANT SELECT ON "organizations", "memberships", "custom_roles", "api_keys", "webhook_endpoints", "response_caches", "hipaa_decisions",
  "sub_processor_notices", "audit_streams", "known_devices" TO agathaai_manager;
GRANT SELECT ("id", "org_id", "email_index", "role", "custom_role_id", "invited_by", "expires_at", "accepted_at", "revoked_at", "created_at")
  ON "invitations" TO agathaai_manager;
GRANT SELECT ("id", "org_id", "secret_hash", "previous_secret_until", "generation", "disabled_at", "updated_at")
  ON "service_accounts" TO agathaai_manager;
GRANT SELECT ("id", "org_id", "provider", "position", "fallback", "last_four", "created_by", "created_at", "rotated_at")
  ON "provider_keys" TO agathaai_manager;
GRANT SELECT ("id", "org_id", "name", "homepage_url", "redirect_uris", "scopes", "secret_hash", "previous_secret_until", "device_flow", "logo",
  "created_at", "updated_at") ON "oauth_apps" TO agathaai_manager;
GRANT SELECT ("id", "endpoint_id", "org_id", "event_id", "event", "status", "attempts", "retries", "next_attempt_at", "last_status",
  "last_error", "created_at", "delivered_at") ON "webhook_deliveries" TO agathaai_manager;
GRANT SELECT ("id", "subject_type", "subject_id", "wrapped_key", "kek_id", "version", "newest_key", "newest_kek_id", "earlier_keys",
  "version_at", "encryptions") ON "data_keys" TO agathaai_manager;

-- 4. What may be changed. Nobody moves a row to another organization, and nobody joins or leaves one in this role.
GRANT UPDATE ("name_cipher", "personal", "two_factor_required", "developers_see_all", "storage", "retention_days", "archive_days",
  "residency", "hipaa_since", "hipaa_erased_at", "updated_at") ON "organizations" TO agathaai_manager;
GRANT UPDATE ("role", "custom_role_id") ON "memberships" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("name", "permissions", "updated_at") ON "custom_roles" TO agathaai_manager;
GRANT INSERT, UPDATE ("role", "custom_role_id", "revoked_at") ON "invitations" TO agathaai_manager;
GRANT INSERT, UPDATE ("name", "prefix", "last_four", "scopes", "models", "ip_allowlist", "rpm_limit", "cache_ttl_seconds",
  "monthly_cap_micros", "created_by", "successor_id", "expires_at", "grace_ends_at", "revoked_at", "revoked_by")
  ON "api_keys" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("secret_hash", "previous_secret_hash", "previous_secret_until", "generation", "disabled_at", "updated_at")
  ON "service_accounts" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("position", "fallback", "key_cipher", "last_four", "rotated_at") ON "provider_keys" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("url", "description", "events", "secret_cipher", "previous_secret_cipher", "previous_secret_until",
  "failing_since", "disabled_at", "disabled_because", "notified_at", "updated_at") ON "webhook_endpoints" TO agathaai_manager;
GRANT INSERT, UPDATE ("status", "retries", "next_attempt_at", "last_error", "delivered_at") ON "webhook_deliveries" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("name", "homepage_url", "redirect_uris", "scopes", "secret_hash", "previous_secret_hash",
  "previous_secret_until", "device_flow", "logo", "updated_at") ON "oauth_apps" TO agathaai_manager;
GRANT INSERT, UPDATE ("purges", "purged_at") ON "response_caches" TO agathaai_manager;
GRANT INSERT ON "hipaa_decisions" TO agathaai_manager;
GRANT INSERT, DELETE ON "sub_processor_notices" TO agathaai_manager;
GRANT INSERT, DELETE, UPDATE ("kind", "target", "ca", "secret_cipher", "claim", "failures", "last_error", "next_attempt_at", "paused_at",
  "failing_since", "notified_at", "updated_at") ON "audit_streams" TO agathaai_manager;
GRANT INSERT, UPDATE ("familiar_at", "last_seen_at") ON "known_devices" TO agathaai_manager;

-- 5. What a change has to know from tables without this wall, and no more: the plan, what a key has spent, whether a person's address is
-- confirmed and belongs to a member, who has a second factor, whether a session was confirmed just now, and how long the log is.
GRANT SELECT ("org_id", "plan") ON "subscriptions" TO agathaai_manager;
GRANT SELECT ("key_id", "month", "org_id", "spent_micros") ON "key_spend" TO agathaai_manager;
GRANT SELECT ("id", "email_index", "email_verified_at", "deleted_at") ON "users" TO agathaai_manager;
GRANT SELECT ("id", "user_id", "revoked_at", "stepped_up_at") ON "sessions" TO agathaai_manager;
GRANT SELECT ("user_id", "confirmed_at") ON "authenticators" TO agathaai_manager;
GRANT SELECT ("user_id") ON "passkeys" TO agathaai_manager;
GRANT SELECT ("chain_id", "sequence") ON "audit_chains" TO agathaai_manager;

-- 6. The audit log is written as by everybody: by the two functions that continue a chain.
GRANT EXECUTE ON FUNCTION audit_lock_heads(text[]), audit_append(json) TO agathaai_manager;
