import type { BilledUsage } from "../models";
import { Prisma } from "../platform/db/client";
import { billedColumns, ledgerRowsOf } from "./ledger-rows";

/** Token classes and cost of one ended request. All zero unless something was delivered. */
export interface LedgerAmounts extends BilledUsage {
  /** The provider's part of the time; undefined takes the time from start to end. */
  latencyMs?: number | undefined;
  /** The provider's own charge to the organization, by list price, where its own key answered. */
  providerMicros?: bigint | undefined;
  /** One of its own keys was used for it. */
  ownKey?: boolean | undefined;
}

/** The amounts as columns, for a step that ends one request. */
export function amountColumns(amounts: LedgerAmounts): Prisma.Sql {
  return Prisma.sql`
    ${amounts.inputTokens}::bigint AS input_tokens, ${amounts.cachedInputTokens}::bigint AS cached_input_tokens,
    ${amounts.cacheWriteTokens}::bigint AS cache_write_tokens, ${amounts.longCacheWriteTokens}::bigint AS long_cache_write_tokens,
    ${amounts.outputTokens}::bigint AS output_tokens, ${amounts.reasoningTokens}::bigint AS reasoning_tokens,
    ${amounts.serviceTier}::text AS service_tier, ${amounts.longContext}::boolean AS long_context,
    ${amounts.regional}::boolean AS regional, ${amounts.defect}::text AS usage_defect,
    ${amounts.costMicros}::bigint AS cost_micros, ${amounts.priceVersion}::text AS price_version,
    ${amounts.latencyMs === undefined ? null : Math.round(amounts.latencyMs)}::bigint AS provider_ms,
    ${amounts.ownKey ?? false}::boolean AS own_key, ${amounts.providerMicros ?? 0n}::bigint AS provider_micros, NULL::int AS cache_age_seconds`;
}

/**
 * Moves organizations' counters by the columns of a step `priced`: `org_id`, `period` and `month`, `reserved_tokens` and `reserved_micros` (given back),
 * `tokens` and `micros` (used). Gives the step `settled`.
 */
export const counterSteps: Prisma.Sql = Prisma.sql`
    -- Tokens count in the period, money in the calendar month: two counters, or one where they begin together.
    counter_changes AS (
      SELECT org_id, starts_at, sum(reserved_tokens)::bigint AS reserved_tokens, sum(tokens)::bigint AS tokens,
        sum(reserved_micros)::bigint AS reserved_micros, sum(micros)::bigint AS micros
      FROM (
        SELECT org_id, period AS starts_at, reserved_tokens, tokens, 0 AS reserved_micros, 0 AS micros FROM priced
        UNION ALL
        SELECT org_id, month, 0, 0, reserved_micros, micros FROM priced
      ) parts
      WHERE starts_at IS NOT NULL
      GROUP BY org_id, starts_at
    ),
    counters_held AS MATERIALIZED (
      SELECT c.*
      FROM quota_counters q JOIN counter_changes c ON q.org_id = c.org_id AND q.starts_at = c.starts_at
      ORDER BY q.org_id, q.starts_at
      FOR UPDATE OF q
    ),
    settled AS (
      UPDATE quota_counters q SET
        reserved_tokens = q.reserved_tokens - c.reserved_tokens,
        used_tokens = q.used_tokens + c.tokens,
        reserved_micros = q.reserved_micros - c.reserved_micros,
        spent_micros = q.spent_micros + c.micros,
        updated_at = now()
      FROM counters_held c WHERE q.org_id = c.org_id AND q.starts_at = c.starts_at
      RETURNING q.org_id, q.starts_at, q.used_tokens, q.reserved_tokens
    )`;

/** The same for keys, by a step `owed` (`spend_id`, `quota_month`), which has to read `settled`: organizations' counters are locked first. */
export const keyCounterSteps: Prisma.Sql = Prisma.sql`
    key_changes AS (
      SELECT spend_id AS key_id, quota_month AS month, sum(reserved_micros)::bigint AS reserved_micros, sum(micros)::bigint AS micros
      FROM owed WHERE spend_id IS NOT NULL AND quota_month IS NOT NULL
      GROUP BY spend_id, quota_month
    ),
    keys_held AS MATERIALIZED (
      SELECT c.* FROM key_spend k JOIN key_changes c ON k.key_id = c.key_id AND k.month = c.month
      ORDER BY k.key_id, k.month
      FOR UPDATE OF k
    ),
    settled_of_keys AS (
      UPDATE key_spend k SET
        reserved_micros = k.reserved_micros - c.reserved_micros,
        spent_micros = k.spent_micros + c.micros,
        updated_at = now()
      FROM keys_held c WHERE k.key_id = c.key_id AND k.month = c.month
    )`;

/**
 * The steps that every end of a request carries, for a statement that ends requests in a step named `ended`: settlement of
 * quota and spend, the ledger rows, and the amount owed beyond the quota. One statement is one transaction, so status,
 * ledger and counters agree after any crash. The text holds no values, so that a prepared statement may contain it.
 *
 * `ended` gives a row a request: what was asked and reserved (`id`, `created_at`, `org_id`, `user_id`, `api_key_id`, `spend_id`,
 * `environment`, `model`, `provider`, `upstream_model`, `reserved_tokens`, `reserved_micros`, `quota_month`, `quota_period`,
 * `overage_from`), how it ended (`status`, `delivered`, `completed_at`), `amountColumns` with `latency_ms`, and of a call that its caller waited
 * for `endpoint`, `estimated`, `first_byte_ms`, `finish_reason`, `attempts`, `own_key`, `cache_age_seconds` and `lease_id`. Without `quota_month` and `quota_period` no counter
 * moves: a call under a lease is reported by its process.
 *
 * Only what was delivered in the live environment is billable; failures, cancellations before the first byte and the
 * simulator cost nothing and give their whole reservation back. What was delivered replaces the reservation by its own
 * numbers, in the period whose tokens and the month whose money it had set aside, whatever has begun meanwhile. Of the
 * tokens that a request takes the last ones are those beyond the quota; they owe their part of its cost.
 *
 * Lock order as in acceptance: organizations' counters, then keys' counters, each sorted.
 */
export const ledgerAndSettlementSteps: Prisma.Sql = Prisma.sql`
    priced AS (
      SELECT *, quota_month::timestamp AT TIME ZONE 'UTC' AS month,
        coalesce(quota_period, quota_month::timestamp AT TIME ZONE 'UTC') AS period, ${billedColumns}
      FROM ended
    ),
    ${counterSteps},
    owed AS MATERIALIZED (
      SELECT p.*, o.tokens AS overage_tokens,
        CASE WHEN o.tokens > 0 THEN (2 * p.micros * o.tokens + p.tokens) / (2 * p.tokens) ELSE 0 END AS overage_micros
      FROM (
        -- What the later ones of the same statement take.
        SELECT *, sum(tokens) OVER (PARTITION BY org_id, period)::bigint
          - sum(tokens) OVER (PARTITION BY org_id, period ORDER BY id)::bigint AS tokens_after
        FROM priced
      ) p
      LEFT JOIN settled s ON s.org_id = p.org_id AND s.starts_at = p.period
      CROSS JOIN LATERAL (
        SELECT CASE WHEN p.billable
          THEN least(p.tokens, greatest(0, coalesce(s.used_tokens - p.tokens_after - p.overage_from, 0))) ELSE 0 END AS tokens
      ) o
    ),
    ${keyCounterSteps},
    ledger AS (${ledgerRowsOf(Prisma.sql`owed`)}),
    reported AS (
      INSERT INTO overage_reports (request_id, org_id, micros, used_at)
      SELECT id, org_id, overage_micros, completed_at FROM owed WHERE overage_micros > 0
    )`;
