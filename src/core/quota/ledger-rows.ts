import { Prisma } from "../platform/db/client";

/**
 * What an ended request counts, for a step that reads `delivered`, `environment`, `input_tokens`, `output_tokens` and
 * `cost_micros`: tokens where something was delivered, and money where that was in the live environment.
 */
export const billedColumns: Prisma.Sql = Prisma.sql`delivered AND environment = 'live' AS billable,
        CASE WHEN delivered THEN input_tokens + output_tokens ELSE 0 END AS tokens,
        CASE WHEN delivered AND environment = 'live' THEN cost_micros ELSE 0 END AS micros`;

/** Writes the ledger rows of a step with `billedColumns`, `overage_tokens` and `overage_micros`. */
export function ledgerRowsOf(step: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
      INSERT INTO usage_ledger (
        request_id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        billable, input_tokens, cached_input_tokens, cache_write_tokens, long_cache_write_tokens, output_tokens,
        reasoning_tokens, service_tier, long_context, regional, usage_defect, price_version, cost_micros,
        reserved_tokens, reserved_micros, overage_tokens, overage_micros, latency_ms,
        endpoint, estimated, first_byte_ms, finish_reason, attempts, lease_id, own_key, provider_micros, cache_age_seconds, settled_at, settled_xid)
      SELECT id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        billable, input_tokens, cached_input_tokens, cache_write_tokens, long_cache_write_tokens, output_tokens,
        reasoning_tokens, service_tier, long_context, regional, usage_defect, price_version, micros,
        reserved_tokens, reserved_micros, overage_tokens, overage_micros,
        least(2147483647, greatest(0, coalesce(latency_ms, 0)))::int,
        endpoint, estimated, first_byte_ms, finish_reason, attempts, lease_id, own_key, provider_micros, cache_age_seconds, completed_at,
        -- The column's default, asked once for all rows.
        (SELECT pg_current_xact_id()::text::bigint)
      FROM ${step}`;
}
