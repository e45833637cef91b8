import { Prisma } from "../platform/db";

/** Token classes and cost of one ended request. All zero unless it completed. */
export interface LedgerAmounts {
  inputTokens: number;
  cachedInputTokens: number;
  outputTokens: number;
  reasoningTokens: number;
  costMicros: bigint;
  priceVersion: string;
  /** The provider's part of the time; undefined takes the time from start to end. */
  latencyMs?: number | undefined;
}

/**
 * The two steps that every end of a request carries, for the statement that sets its final status in a step named
 * `ended` (returning the whole request row): the ledger row and the settlement of the quota. One statement is one
 * transaction, so status, ledger and quota agree whatever dies.
 *
 * Only a completed request of the live environment is billable; failures, cancellations and the simulator cost
 * nothing and give their whole reservation back. Completed requests replace the reservation by the provider's own
 * numbers.
 */
export function ledgerAndSettlementSql(amounts: LedgerAmounts): Prisma.Sql {
  const spent = amounts.inputTokens + amounts.outputTokens;
  return Prisma.sql`
    ledger AS (
      INSERT INTO usage_ledger (
        request_id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        billable, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, price_version, cost_micros,
        reserved_tokens, latency_ms, settled_at)
      SELECT id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status,
        status = 'completed' AND environment = 'live',
        ${amounts.inputTokens}::bigint, ${amounts.cachedInputTokens}::bigint, ${amounts.outputTokens}::bigint,
        ${amounts.reasoningTokens}::bigint, ${amounts.priceVersion},
        CASE WHEN status = 'completed' AND environment = 'live' THEN ${amounts.costMicros}::bigint ELSE 0 END,
        reserved_tokens,
        least(2147483647, greatest(0, coalesce(
          ${amounts.latencyMs === undefined ? null : Math.round(amounts.latencyMs)}::bigint,
          (extract(epoch FROM completed_at - started_at) * 1000)::bigint, 0)))::int,
        completed_at
      FROM ended
      RETURNING request_id
    ),
    settled AS (
      UPDATE quota_counters q SET
        reserved_tokens = q.reserved_tokens - ended.reserved_tokens,
        used_tokens = q.used_tokens + CASE WHEN ended.status = 'completed' THEN ${spent}::bigint ELSE 0 END,
        updated_at = now()
      FROM ended
      WHERE q.org_id = ended.org_id AND q.month = ended.quota_month
      RETURNING q.org_id
    )`;
}
