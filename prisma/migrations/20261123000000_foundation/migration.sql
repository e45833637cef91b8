-- The foundation: every table of the product, with the partitions, checks, views and indexes that Prisma's schema
-- language cannot express. Partitions live in a schema of their own, so that `public` reads as the data model does.

-- The millisecond inside a UUIDv7 (RFC 9562 §5.7): its first 48 bits, big-endian.
CREATE FUNCTION uuid_v7_time(id uuid) RETURNS timestamptz
  LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE
  AS $$
    SELECT 'epoch'::timestamptz
      + (('x0000' || translate(left(id::text, 13), '-', ''))::bit(64)::bigint) * interval '1 millisecond'
  $$;

-- CreateEnum
CREATE TYPE "user_role" AS ENUM ('user', 'operator');

-- CreateEnum
CREATE TYPE "org_role" AS ENUM ('owner', 'admin', 'developer', 'billing', 'viewer');

-- CreateEnum
CREATE TYPE "environment" AS ENUM ('live', 'test');

-- CreateEnum
CREATE TYPE "lane" AS ENUM ('standard', 'enterprise');

-- CreateEnum
CREATE TYPE "request_status" AS ENUM ('queued', 'processing', 'completed', 'failed', 'cancelled');

-- CreateEnum
CREATE TYPE "session_kind" AS ENUM ('portal', 'api');

-- CreateEnum
CREATE TYPE "email_token_purpose" AS ENUM ('verify_email', 'reset_password');

-- CreateEnum
CREATE TYPE "data_key_subject" AS ENUM ('user', 'org');

-- CreateEnum
CREATE TYPE "idempotency_status" AS ENUM ('in_flight', 'done');

-- CreateEnum
CREATE TYPE "delivery_status" AS ENUM ('pending', 'delivered', 'failed');

-- CreateTable
CREATE TABLE "users" (
    "id" UUID NOT NULL,
    "email_cipher" BYTEA NOT NULL,
    "email_index" BYTEA NOT NULL,
    "name_cipher" BYTEA NOT NULL,
    "password_hash" TEXT,
    "email_verified_at" TIMESTAMPTZ(3),
    "role" "user_role" NOT NULL DEFAULT 'user',
    "session_version" INTEGER NOT NULL DEFAULT 1,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "users_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "linked_accounts" (
    "provider" TEXT NOT NULL,
    "provider_account_id" TEXT NOT NULL,
    "user_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "linked_accounts_pkey" PRIMARY KEY ("provider","provider_account_id")
);

-- CreateTable
CREATE TABLE "organizations" (
    "id" UUID NOT NULL,
    "name_cipher" BYTEA NOT NULL,
    "personal" BOOLEAN NOT NULL DEFAULT false,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "organizations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "memberships" (
    "org_id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "role" "org_role" NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "memberships_pkey" PRIMARY KEY ("org_id","user_id")
);

-- CreateTable
CREATE TABLE "invitations" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "email_cipher" BYTEA NOT NULL,
    "email_index" BYTEA NOT NULL,
    "role" "org_role" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "invited_by" UUID NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "accepted_at" TIMESTAMPTZ(3),
    "revoked_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "invitations_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "data_keys" (
    "id" UUID NOT NULL,
    "subject_type" "data_key_subject" NOT NULL,
    "subject_id" UUID NOT NULL,
    "wrapped_key" BYTEA,
    "kek_id" TEXT NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "destroyed_at" TIMESTAMPTZ(3),

    CONSTRAINT "data_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "sessions" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "kind" "session_kind" NOT NULL,
    "session_version" INTEGER NOT NULL,
    "user_agent" TEXT,
    "ip_cipher" BYTEA,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "last_seen_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "sessions_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "refresh_tokens" (
    "id" UUID NOT NULL,
    "session_id" UUID NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "replaced_by" UUID,
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "refresh_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "email_tokens" (
    "id" UUID NOT NULL,
    "user_id" UUID NOT NULL,
    "purpose" "email_token_purpose" NOT NULL,
    "token_hash" BYTEA NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,
    "used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "email_tokens_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "api_keys" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "created_by" UUID,
    "name" TEXT NOT NULL,
    "environment" "environment" NOT NULL,
    "secret_hash" BYTEA NOT NULL,
    "prefix" TEXT NOT NULL,
    "last_four" TEXT NOT NULL,
    "scopes" TEXT[],
    "models" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "ip_allowlist" TEXT[] DEFAULT ARRAY[]::TEXT[],
    "rpm_limit" INTEGER,
    "monthly_cap_micros" BIGINT,
    "predecessor_id" UUID,
    "successor_id" UUID,
    "expires_at" TIMESTAMPTZ(3),
    "grace_ends_at" TIMESTAMPTZ(3),
    "last_used_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),
    "revoked_by" UUID,

    CONSTRAINT "api_keys_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "subscriptions" (
    "org_id" UUID NOT NULL,
    "plan" TEXT NOT NULL DEFAULT 'free',
    "status" TEXT NOT NULL DEFAULT 'active',
    "stripe_customer_id" TEXT,
    "stripe_subscription_id" TEXT,
    "current_period_start" TIMESTAMPTZ(3),
    "current_period_end" TIMESTAMPTZ(3),
    "cancel_at_period_end" BOOLEAN NOT NULL DEFAULT false,
    "custom_monthly_tokens" BIGINT,
    "custom_rpm" INTEGER,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "subscriptions_pkey" PRIMARY KEY ("org_id")
);

-- CreateTable
CREATE TABLE "stripe_events" (
    "id" TEXT NOT NULL,
    "type" TEXT NOT NULL,
    "received_at" TIMESTAMPTZ(3) NOT NULL,
    "processed_at" TIMESTAMPTZ(3),

    CONSTRAINT "stripe_events_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "inference_requests" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "org_id" UUID NOT NULL,
    "user_id" UUID,
    "api_key_id" UUID,
    "environment" "environment" NOT NULL,
    "lane" "lane" NOT NULL,
    "model" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "upstream_model" TEXT NOT NULL,
    "status" "request_status" NOT NULL DEFAULT 'queued',
    "input_cipher" BYTEA,
    "result_cipher" BYTEA,
    "parameters" JSONB NOT NULL DEFAULT '{}',
    "metadata" JSONB NOT NULL DEFAULT '{}',
    "trace_id" TEXT NOT NULL,
    "max_output_tokens" INTEGER NOT NULL,
    "reserved_tokens" BIGINT NOT NULL DEFAULT 0,
    "quota_month" DATE,
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "max_attempts" INTEGER NOT NULL DEFAULT 5,
    "lease_owner" TEXT,
    "lease_expires_at" TIMESTAMPTZ(3),
    "enqueued_at" TIMESTAMPTZ(3),
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "started_at" TIMESTAMPTZ(3),
    "completed_at" TIMESTAMPTZ(3),
    "cancel_requested_at" TIMESTAMPTZ(3),
    "finish_reason" TEXT,
    "error_code" TEXT,
    "error_message" TEXT,
    "attempt_log" JSONB NOT NULL DEFAULT '[]',
    "deleted_at" TIMESTAMPTZ(3),

    CONSTRAINT "inference_requests_pkey" PRIMARY KEY ("id","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "usage_ledger" (
    "request_id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "org_id" UUID NOT NULL,
    "user_id" UUID,
    "api_key_id" UUID,
    "environment" "environment" NOT NULL,
    "model" TEXT NOT NULL,
    "provider" TEXT NOT NULL,
    "upstream_model" TEXT NOT NULL,
    "status" "request_status" NOT NULL,
    "billable" BOOLEAN NOT NULL,
    "input_tokens" BIGINT NOT NULL DEFAULT 0,
    "cached_input_tokens" BIGINT NOT NULL DEFAULT 0,
    "output_tokens" BIGINT NOT NULL DEFAULT 0,
    "reasoning_tokens" BIGINT NOT NULL DEFAULT 0,
    "price_version" TEXT NOT NULL,
    "cost_micros" BIGINT NOT NULL DEFAULT 0,
    "reserved_tokens" BIGINT NOT NULL DEFAULT 0,
    "latency_ms" INTEGER NOT NULL,
    "settled_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "usage_ledger_pkey" PRIMARY KEY ("request_id","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "quota_counters" (
    "org_id" UUID NOT NULL,
    "month" DATE NOT NULL,
    "limit_tokens" BIGINT,
    "used_tokens" BIGINT NOT NULL DEFAULT 0,
    "reserved_tokens" BIGINT NOT NULL DEFAULT 0,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "quota_counters_pkey" PRIMARY KEY ("org_id","month")
);

-- CreateTable
CREATE TABLE "rate_limit_buckets" (
    "key" TEXT NOT NULL,
    "window_start" TIMESTAMPTZ(3) NOT NULL,
    "count" INTEGER NOT NULL DEFAULT 0,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "rate_limit_buckets_pkey" PRIMARY KEY ("key","window_start")
);

-- CreateTable
CREATE TABLE "audit_logs" (
    "id" UUID NOT NULL,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "org_id" UUID,
    "sequence" BIGINT NOT NULL,
    "actor_type" TEXT NOT NULL,
    "actor_id" UUID,
    "action" TEXT NOT NULL,
    "target_type" TEXT,
    "target_id" UUID,
    "trace_id" TEXT,
    "details" JSONB NOT NULL DEFAULT '{}',
    "prev_hash" BYTEA NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_logs_pkey" PRIMARY KEY ("id","created_at")
) PARTITION BY RANGE ("created_at");

-- CreateTable
CREATE TABLE "audit_chains" (
    "chain_id" TEXT NOT NULL,
    "sequence" BIGINT NOT NULL,
    "hash" BYTEA NOT NULL,

    CONSTRAINT "audit_chains_pkey" PRIMARY KEY ("chain_id")
);

-- CreateTable
CREATE TABLE "idempotency_keys" (
    "org_id" UUID NOT NULL,
    "operation" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "request_hash" BYTEA NOT NULL,
    "status" "idempotency_status" NOT NULL,
    "resource_id" UUID,
    "response" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "expires_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("org_id","operation","key")
);

-- CreateTable
CREATE TABLE "webhook_endpoints" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "url" TEXT NOT NULL,
    "secret_cipher" BYTEA NOT NULL,
    "events" TEXT[],
    "disabled_at" TIMESTAMPTZ(3),
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "updated_at" TIMESTAMPTZ(3) NOT NULL,

    CONSTRAINT "webhook_endpoints_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "webhook_deliveries" (
    "id" UUID NOT NULL,
    "endpoint_id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "event" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "status" "delivery_status" NOT NULL DEFAULT 'pending',
    "attempts" INTEGER NOT NULL DEFAULT 0,
    "next_attempt_at" TIMESTAMPTZ(3) NOT NULL,
    "last_status" INTEGER,
    "last_error" TEXT,
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "delivered_at" TIMESTAMPTZ(3),

    CONSTRAINT "webhook_deliveries_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_clients" (
    "id" UUID NOT NULL,
    "org_id" UUID NOT NULL,
    "name" TEXT NOT NULL,
    "secret_hash" BYTEA,
    "redirect_uris" TEXT[],
    "scopes" TEXT[],
    "created_at" TIMESTAMPTZ(3) NOT NULL,
    "revoked_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_clients_pkey" PRIMARY KEY ("id")
);

-- CreateTable
CREATE TABLE "oauth_artifacts" (
    "kind" TEXT NOT NULL,
    "id" TEXT NOT NULL,
    "payload" JSONB NOT NULL,
    "grant_id" TEXT,
    "uid" TEXT,
    "user_code" TEXT,
    "expires_at" TIMESTAMPTZ(3),
    "consumed_at" TIMESTAMPTZ(3),

    CONSTRAINT "oauth_artifacts_pkey" PRIMARY KEY ("kind","id")
);

-- CreateIndex
CREATE UNIQUE INDEX "users_email_index_key" ON "users"("email_index");

-- CreateIndex
CREATE INDEX "linked_accounts_user_id_idx" ON "linked_accounts"("user_id");

-- CreateIndex
CREATE INDEX "memberships_user_id_idx" ON "memberships"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "invitations_token_hash_key" ON "invitations"("token_hash");

-- CreateIndex
CREATE INDEX "invitations_org_id_email_index_idx" ON "invitations"("org_id", "email_index");

-- CreateIndex
CREATE UNIQUE INDEX "data_keys_subject_type_subject_id_key" ON "data_keys"("subject_type", "subject_id");

-- CreateIndex
CREATE INDEX "sessions_user_id_idx" ON "sessions"("user_id");

-- CreateIndex
CREATE UNIQUE INDEX "refresh_tokens_token_hash_key" ON "refresh_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "refresh_tokens_session_id_idx" ON "refresh_tokens"("session_id");

-- CreateIndex
CREATE UNIQUE INDEX "email_tokens_token_hash_key" ON "email_tokens"("token_hash");

-- CreateIndex
CREATE INDEX "email_tokens_user_id_purpose_idx" ON "email_tokens"("user_id", "purpose");

-- CreateIndex
CREATE INDEX "api_keys_secret_hash_idx" ON "api_keys" USING HASH ("secret_hash");

-- CreateIndex
CREATE INDEX "api_keys_org_id_id_idx" ON "api_keys"("org_id", "id" DESC);

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_stripe_customer_id_key" ON "subscriptions"("stripe_customer_id");

-- CreateIndex
CREATE UNIQUE INDEX "subscriptions_stripe_subscription_id_key" ON "subscriptions"("stripe_subscription_id");

-- CreateIndex
CREATE INDEX "inference_requests_org_time_idx" ON "inference_requests"("org_id", "created_at" DESC, "id" DESC);

-- CreateIndex
CREATE INDEX "usage_ledger_org_time_idx" ON "usage_ledger"("org_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "rate_limit_buckets_expires_at_idx" ON "rate_limit_buckets"("expires_at");

-- CreateIndex
CREATE INDEX "audit_logs_org_time_idx" ON "audit_logs"("org_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "idempotency_keys_expires_at_idx" ON "idempotency_keys"("expires_at");

-- CreateIndex
CREATE INDEX "webhook_endpoints_org_id_idx" ON "webhook_endpoints"("org_id");

-- CreateIndex
CREATE INDEX "webhook_deliveries_org_id_created_at_idx" ON "webhook_deliveries"("org_id", "created_at" DESC);

-- CreateIndex
CREATE INDEX "webhook_deliveries_endpoint_id_idx" ON "webhook_deliveries"("endpoint_id");

-- CreateIndex
CREATE INDEX "oauth_clients_org_id_idx" ON "oauth_clients"("org_id");

-- CreateIndex
CREATE INDEX "oauth_artifacts_grant_id_idx" ON "oauth_artifacts"("grant_id");

-- CreateIndex
CREATE INDEX "oauth_artifacts_uid_idx" ON "oauth_artifacts"("uid");

-- CreateIndex
CREATE INDEX "oauth_artifacts_user_code_idx" ON "oauth_artifacts"("user_code");

-- CreateIndex
CREATE INDEX "oauth_artifacts_expires_at_idx" ON "oauth_artifacts"("expires_at");

-- AddForeignKey
ALTER TABLE "linked_accounts" ADD CONSTRAINT "linked_accounts_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "memberships" ADD CONSTRAINT "memberships_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "invitations" ADD CONSTRAINT "invitations_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "sessions" ADD CONSTRAINT "sessions_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "refresh_tokens" ADD CONSTRAINT "refresh_tokens_session_id_fkey" FOREIGN KEY ("session_id") REFERENCES "sessions"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "email_tokens" ADD CONSTRAINT "email_tokens_user_id_fkey" FOREIGN KEY ("user_id") REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "api_keys" ADD CONSTRAINT "api_keys_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "subscriptions" ADD CONSTRAINT "subscriptions_org_id_fkey" FOREIGN KEY ("org_id") REFERENCES "organizations"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- AddForeignKey
ALTER TABLE "webhook_deliveries" ADD CONSTRAINT "webhook_deliveries_endpoint_id_fkey" FOREIGN KEY ("endpoint_id") REFERENCES "webhook_endpoints"("id") ON DELETE CASCADE ON UPDATE CASCADE;

-- Money, tokens and time cannot go below zero or out of order, whatever the code above believes.
ALTER TABLE "inference_requests"
  ADD CONSTRAINT "inference_requests_created_at_is_id_time" CHECK (created_at = uuid_v7_time(id)),
  ADD CONSTRAINT "inference_requests_reserved_not_negative" CHECK (reserved_tokens >= 0),
  ADD CONSTRAINT "inference_requests_terminal_has_end" CHECK (
    (status IN ('completed', 'failed', 'cancelled')) = (completed_at IS NOT NULL)
  ),
  ADD CONSTRAINT "inference_requests_lease_is_whole" CHECK ((lease_owner IS NULL) = (lease_expires_at IS NULL));

ALTER TABLE "usage_ledger"
  ADD CONSTRAINT "usage_ledger_created_at_is_request_time" CHECK (created_at = uuid_v7_time(request_id)),
  ADD CONSTRAINT "usage_ledger_not_negative" CHECK (
    input_tokens >= 0 AND output_tokens >= 0 AND reasoning_tokens >= 0
    AND cached_input_tokens BETWEEN 0 AND input_tokens AND cost_micros >= 0
  ),
  ADD CONSTRAINT "usage_ledger_free_unless_billable" CHECK (billable OR cost_micros = 0),
  ADD CONSTRAINT "usage_ledger_terminal" CHECK (status IN ('completed', 'failed', 'cancelled'));

ALTER TABLE "quota_counters"
  ADD CONSTRAINT "quota_counters_not_negative" CHECK (used_tokens >= 0 AND reserved_tokens >= 0),
  ADD CONSTRAINT "quota_counters_first_of_month" CHECK (date_trunc('month', month::timestamp) = month::timestamp);

ALTER TABLE "data_keys"
  ADD CONSTRAINT "data_keys_destroyed_is_gone" CHECK ((wrapped_key IS NULL) = (destroyed_at IS NOT NULL));

-- The ledger is append-only: a correction is a new row, never a changed one.
CREATE FUNCTION refuse_change() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  RAISE EXCEPTION '% is append-only', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
CREATE TRIGGER "usage_ledger_append_only" BEFORE UPDATE OR DELETE ON "usage_ledger"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER "audit_logs_append_only" BEFORE UPDATE OR DELETE ON "audit_logs"
  FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Live work only: these stay small however many requests have ended.
CREATE INDEX "inference_requests_queued_idx" ON "inference_requests" (next_attempt_at) WHERE status = 'queued';
CREATE INDEX "inference_requests_processing_idx" ON "inference_requests" (lease_expires_at) WHERE status = 'processing';
-- What was in flight at a moment, or during an incident.
CREATE INDEX "inference_requests_in_flight_idx" ON "inference_requests"
  USING gist (tstzrange(created_at, coalesce(completed_at, 'infinity'::timestamptz)));
CREATE INDEX "invitations_open_idx" ON "invitations" (org_id) WHERE accepted_at IS NULL AND revoked_at IS NULL;
CREATE INDEX "webhook_deliveries_pending_idx" ON "webhook_deliveries" (next_attempt_at) WHERE status = 'pending';

-- Partitions ------------------------------------------------------------------------------------------------
CREATE SCHEMA "partitions";

-- Creates the missing partitions of one table from the period that holds `from_time` to `ahead` periods later,
-- and says how many it made. Safe to run from many processes at once: an advisory lock orders them.
CREATE FUNCTION partitions.ensure(parent text, period text, from_time timestamptz, ahead int) RETURNS int
  LANGUAGE plpgsql AS $$
DECLARE
  step interval := ('1 ' || period)::interval;
  lower_bound timestamp;
  name text;
  made int := 0;
BEGIN
  PERFORM pg_advisory_xact_lock(hashtext('partitions.' || parent));
  FOR i IN 0..ahead LOOP
    lower_bound := date_trunc(period, from_time AT TIME ZONE 'UTC') + i * step;
    name := parent || '_' || to_char(lower_bound, CASE period WHEN 'month' THEN 'YYYY_MM' ELSE 'IYYY_"w"IW' END);
    IF to_regclass(format('partitions.%I', name)) IS NULL THEN
      -- Made apart and then attached: PARTITION OF would lock the parent against every reader and writer.
      EXECUTE format('CREATE TABLE partitions.%I (LIKE public.%I INCLUDING ALL)', name, parent);
      EXECUTE format(
        'ALTER TABLE public.%I ATTACH PARTITION partitions.%I FOR VALUES FROM (%L) TO (%L)',
        parent, name, lower_bound AT TIME ZONE 'UTC', (lower_bound + step) AT TIME ZONE 'UTC'
      );
      made := made + 1;
    END IF;
  END LOOP;
  RETURN made;
END $$;

-- The previous period too: a request accepted in the last second of a month may settle in the next.
SELECT partitions.ensure('inference_requests', 'month', now() - interval '1 month', 4);
SELECT partitions.ensure('usage_ledger', 'month', now() - interval '1 month', 4);
SELECT partitions.ensure('audit_logs', 'week', now() - interval '1 week', 6);

-- Usage statistics ------------------------------------------------------------------------------------------
-- A nil UUID stands for "no key" and "no member", so that the unique index can carry a concurrent refresh.
CREATE MATERIALIZED VIEW "usage_statistics_hourly" AS
  SELECT org_id,
    date_trunc('hour', created_at, 'UTC') AS bucket,
    coalesce(api_key_id, '00000000-0000-0000-0000-000000000000'::uuid) AS api_key_id,
    coalesce(user_id, '00000000-0000-0000-0000-000000000000'::uuid) AS user_id,
    environment, provider, model, status,
    count(*) AS requests,
    sum(input_tokens)::bigint AS input_tokens,
    sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens,
    sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros,
    sum(latency_ms)::bigint AS latency_ms_total,
    max(latency_ms) AS latency_ms_max
  FROM "usage_ledger"
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
CREATE UNIQUE INDEX "usage_statistics_hourly_key" ON "usage_statistics_hourly"
  (org_id, bucket, api_key_id, user_id, environment, provider, model, status);

CREATE MATERIALIZED VIEW "usage_statistics_daily" AS
  SELECT org_id,
    date_trunc('day', bucket, 'UTC') AS bucket,
    api_key_id, user_id, environment, provider, model, status,
    sum(requests)::bigint AS requests,
    sum(input_tokens)::bigint AS input_tokens,
    sum(cached_input_tokens)::bigint AS cached_input_tokens,
    sum(output_tokens)::bigint AS output_tokens,
    sum(reasoning_tokens)::bigint AS reasoning_tokens,
    sum(cost_micros)::bigint AS cost_micros,
    sum(latency_ms_total)::bigint AS latency_ms_total,
    max(latency_ms_max) AS latency_ms_max
  FROM "usage_statistics_hourly"
  GROUP BY 1, 2, 3, 4, 5, 6, 7, 8;
CREATE UNIQUE INDEX "usage_statistics_daily_key" ON "usage_statistics_daily"
  (org_id, bucket, api_key_id, user_id, environment, provider, model, status);

CREATE VIEW "usage_statistics" AS
  SELECT 'hour'::text AS granularity, h.* FROM "usage_statistics_hourly" h
  UNION ALL
  SELECT 'day'::text AS granularity, d.* FROM "usage_statistics_daily" d;
