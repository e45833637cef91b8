import type { BilledUsage } from "../models";
import { Prisma } from "../platform/db/client";

/** Token classes and cost of one ended request. All zero unless it completed. */
export interface LedgerAmounts extends BilledUsage {
  /** The provider's part of the time; undefined takes the time from start to end. */
  latencyMs?: number | undefined;
}

/**
 * The steps that every end of a request carries, for the statement that sets its final status in a step named `ended`
 * (returning the whole request row): settlement of quota and spend, the ledger row, and what is owed beyond the quota.
 * One statement is one transaction, so status, ledger and counters agree whatever dies.
 *
 * Only a completed request of the live environment is billable; failures, cancellations and the simulator cost
 * nothing and give their whole reservation back. Completed requests replace the reservation by the provider's own
 * numbers, in the period whose tokens and the month whose money they had set aside, whatever has begun meanwhile. Of the
 * tokens that a request takes the last ones are those beyond the quota; they owe their part of its cost.
 */
export function ledgerAndSettlementSql(amounts: LedgerAmounts): Prisma.Sql {
  const spent = amounts.inputTokens + amounts.outputTokens;
  return Prisma.sql`
    priced AS (
      SELECT *, quota_month::timestamp AT TIME ZONE 'UTC' AS month,
        coalesce(quota_period, quota_month::timestamp AT TIME ZONE 'UTC') AS period,
        status = 'completed' AND environment = 'live' AS billable,
        CASE WHEN status = 'completed' THEN ${spent}::bigint ELSE 0 END AS tokens,
        CASE WHEN status = 'completed' AND environment = 'live' THEN ${amounts.costMicros}::bigint ELSE 0 END AS micros
      FROM ended
    ),
    -- In the order in which acceptance takes them: no two statements wait for each other.
    held AS MATERIALIZED (
      SELECT q.org_id, q.starts_at, q.starts_at = priced.period AS counts_tokens, q.starts_at = priced.month AS counts_money
      FROM quota_counters q JOIN priced ON q.org_id = priced.org_id AND q.starts_at IN (priced.period, priced.month)
      ORDER BY q.org_id, q.starts_at
      FOR UPDATE OF q
    ),
    settled AS (
      UPDATE quota_counters q SET
        reserved_tokens = q.reserved_tokens - CASE WHEN held.counts_tokens THEN priced.reserved_tokens ELSE 0 END,
        used_tokens = q.used_tokens + CASE WHEN held.counts_tokens THEN priced.tokens ELSE 0 END,
        reserved_micros = q.reserved_micros - CASE WHEN held.counts_money THEN priced.reserved_micros ELSE 0 END,
        spent_micros = q.spent_micros + CASE WHEN held.counts_money THEN priced.micros ELSE 0 END,
        updated_at = now()
      FROM priced, held
      WHERE q.org_id = held.org_id AND q.starts_at = held.starts_at
      RETURNING q.used_tokens, held.counts_tokens
    ),
    owed AS (
      SELECT priced.*, o.tokens AS overage_tokens,
        CASE WHEN o.tokens > 0 THEN (2 * priced.micros * o.tokens + priced.tokens) / (2 * priced.tokens) ELSE 0 END
          AS overage_micros
      FROM priced LEFT JOIN settled ON settled.counts_tokens
      CROSS JOIN LATERAL (
        SELECT CASE WHEN priced.billable
          THEN least(priced.tokens, greatest(0, coalesce(settled.used_tokens - priced.overage_from, 0))) ELSE 0 END AS tokens
      ) o
    ),
    settled_of_key AS (
      UPDATE key_spend k SET
        reserved_micros = k.reserved_micros - owed.reserved_micros,
        spent_micros = k.spent_micros + owed.micros,
        updated_at = now()
      FROM owed
      WHERE k.key_id = owed.spend_id AND k.month = owed.quota_month
    ),
    ledger AS (
      INSERT INTO usage_ledger (
        request_id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        billable, input_tokens, cached_input_tokens, cache_write_tokens, long_cache_write_tokens, output_tokens,
        reasoning_tokens, service_tier, long_context, regional, usage_defect, price_version, cost_micros,
        reserved_tokens, reserved_micros, overage_tokens, overage_micros, latency_ms, settled_at)
      SELECT id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        billable,
        ${amounts.inputTokens}::bigint, ${amounts.cachedInputTokens}::bigint, ${amounts.cacheWriteTokens}::bigint,
        ${amounts.longCacheWriteTokens}::bigint, ${amounts.outputTokens}::bigint, ${amounts.reasoningTokens}::bigint,
        ${amounts.serviceTier}, ${amounts.longContext}::boolean, ${amounts.regional}::boolean, ${amounts.defect},
        ${amounts.priceVersion}, micros,
        reserved_tokens, reserved_micros, overage_tokens, overage_micros,
        least(2147483647, greatest(0, coalesce(
          ${amounts.latencyMs === undefined ? null : Math.round(amounts.latencyMs)}::bigint,
          (extract(epoch FROM completed_at - started_at) * 1000)::bigint, 0)))::int,
        completed_at
      FROM owed
    ),
    reported AS (
      INSERT INTO overage_reports (request_id, org_id, micros, used_at)
      SELECT id, org_id, overage_micros, completed_at FROM owed WHERE overage_micros > 0
    )`;
}
