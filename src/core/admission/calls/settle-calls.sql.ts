import { Prisma } from "../../platform/db/client";
import { billedColumns, ledgerAndSettlementSteps, ledgerRowsOf } from "../../quota";

/** A call under a lease moves no counter: its process reports the lease's settled usage. */
const notUnderLease: Prisma.Sql = Prisma.sql`
        CASE WHEN o.lease_id IS NULL THEN o.quota_month END AS quota_month,
        CASE WHEN o.lease_id IS NULL THEN o.quota_period END AS quota_period`;

/** Calls that end, and how. */
const batch: Prisma.Sql = Prisma.sql`batch AS MATERIALIZED (
      SELECT * FROM unnest($1::uuid[], $2::request_status[], $3::boolean[], $4::boolean[], $5::text[], $6::text[], $7::bigint[], $8::bigint[],
        $9::bigint[], $10::bigint[], $11::bigint[], $12::text[], $13::bigint[], $14::int[], $15::text[], $16::jsonb[],
        $17::bigint[], $18::bigint[], $19::text[], $20::boolean[], $21::boolean[], $22::text[], $23::boolean[], $24::bigint[], $25::int[])
        AS b(id, status, delivered, estimated, provider, upstream_model, input_tokens, cached_input_tokens,
          output_tokens, reasoning_tokens, cost_micros, price_version, latency_ms, first_byte_ms, finish_reason, attempts, cache_write_tokens,
          long_cache_write_tokens, service_tier, long_context, regional, usage_defect, own_key, provider_micros, cache_age_seconds)
    )`;

/** The same of calls that ended as nearly all do: what their ends have in common is said here, and not read out of an array for each. */
const usualBatch: Prisma.Sql = Prisma.sql`batch AS MATERIALIZED (
      SELECT *, 'completed'::request_status AS status, true AS delivered, false AS estimated, NULL AS provider, NULL AS price_version,
        0::bigint AS cache_write_tokens, 0::bigint AS long_cache_write_tokens, 'default' AS service_tier, false AS long_context,
        false AS regional, NULL AS usage_defect, false AS own_key, 0::bigint AS provider_micros, NULL::int AS cache_age_seconds
      FROM unnest($1::uuid[], $2::text[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::int[],
        $10::text[], $11::jsonb[])
        AS b(id, upstream_model, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros, latency_ms,
          first_byte_ms, finish_reason, attempts)
    )`;

/**
 * Joins the two. The array again, because a plan is made once, often while no call is open: for a table that looks empty PostgreSQL
 * would read it whole each time, with all rows that have left it since.
 */
const isOf: Prisma.Sql = Prisma.sql`o.id = b.id AND o.id = ANY($1::uuid[])`;

/** What an open call `o` that ends as `b` leaves for its ledger row. */
const endedColumns: Prisma.Sql = Prisma.sql`o.id, o.created_at, o.org_id, o.user_id, o.api_key_id, o.environment, o.endpoint, o.model,
        coalesce(b.provider, o.provider) AS provider, coalesce(b.upstream_model, o.upstream_model) AS upstream_model,
        o.reserved_tokens, o.reserved_micros, o.lease_id,
        b.status, b.delivered, b.estimated, greatest(now(), o.created_at) AS completed_at,
        b.input_tokens, b.cached_input_tokens, b.cache_write_tokens, b.long_cache_write_tokens, b.output_tokens, b.reasoning_tokens,
        b.service_tier, b.long_context, b.regional, b.usage_defect, b.cost_micros,
        coalesce(b.price_version, o.price_version) AS price_version,
        coalesce(b.latency_ms, (extract(epoch FROM now() - o.created_at) * 1000)::bigint) AS latency_ms,
        b.first_byte_ms, b.finish_reason, b.attempts, b.own_key, b.provider_micros, b.cache_age_seconds`;

/**
 * Ends a batch of open calls in one statement: the rows leave `open_calls`, the ledger rows are written, and counters move.
 * A call that is not open any more is left out: the process that deleted its row has settled it.
 */
export const settleCallsSql: string = Prisma.sql`
    WITH ${batch},
    ended AS (
      DELETE FROM open_calls o USING batch b WHERE ${isOf}
      RETURNING ${endedColumns}, o.spend_id, o.overage_from, ${notUnderLease}
    ),
    ${ledgerAndSettlementSteps}
    SELECT id, tokens, micros FROM owed`.text;

/**
 * The same for calls that move no counter: those under a lease, and test calls. Without the steps of the counters it takes
 * PostgreSQL about two thirds of the time. Others stay open, for their reservation would never go back.
 */
const endedUnderLease: Prisma.Sql = Prisma.sql`ended AS (
      DELETE FROM open_calls o USING batch b
      WHERE ${isOf} AND (o.lease_id IS NOT NULL OR o.environment = 'test')
      RETURNING ${endedColumns}
    ),
    billed AS (SELECT *, ${billedColumns}, 0 AS overage_tokens, 0 AS overage_micros FROM ended)`;

export const settleLeasedCallsSql: string = Prisma.sql`
    WITH ${batch}, ${endedUnderLease}
    ${ledgerRowsOf(Prisma.sql`billed`)}
    RETURNING request_id AS id, input_tokens + output_tokens AS tokens, cost_micros AS micros`.text;

/**
 * What a usual call was billed is known before, so its rows are the calls that were not open any more: nearly always none, where a
 * row for each would be written and read.
 */
export const settleUsualCallsSql: string = Prisma.sql`
    WITH ${usualBatch}, ${endedUnderLease},
    ledger AS (${ledgerRowsOf(Prisma.sql`billed`)})
    SELECT id FROM unnest($1::uuid[]) AS asked(id) EXCEPT SELECT id FROM ended`.text;

/** Closes calls that no living process holds as failed: nothing is billed, the reservation goes back. */
export const closeAbandonedSql: Prisma.Sql = Prisma.sql`
    WITH abandoned AS (
      SELECT id FROM open_calls o
      WHERE NOT EXISTS (SELECT FROM admission_processes p WHERE p.id = o.process_id)
      ORDER BY id LIMIT 500
      FOR UPDATE SKIP LOCKED
    ),
    ended AS (
      DELETE FROM open_calls o USING abandoned a WHERE o.id = a.id
      RETURNING o.id, o.created_at, o.org_id, o.user_id, o.api_key_id, o.spend_id, o.environment, o.endpoint, o.model, o.provider,
        o.upstream_model, o.reserved_tokens, o.reserved_micros, o.overage_from, o.lease_id, ${notUnderLease},
        'failed'::request_status AS status, false AS delivered, false AS estimated, greatest(now(), o.created_at) AS completed_at,
        0::bigint AS input_tokens, 0::bigint AS cached_input_tokens, 0::bigint AS output_tokens, 0::bigint AS reasoning_tokens,
        0::bigint AS cache_write_tokens, 0::bigint AS long_cache_write_tokens, 'default' AS service_tier, false AS long_context,
        false AS regional, NULL AS usage_defect, 0::bigint AS cost_micros, o.price_version, (extract(epoch FROM now() - o.created_at) * 1000)::bigint AS latency_ms,
        NULL::int AS first_byte_ms, NULL AS finish_reason, NULL::jsonb AS attempts, false AS own_key, 0::bigint AS provider_micros,
        NULL::int AS cache_age_seconds
    ),
    ${ledgerAndSettlementSteps}
    SELECT count(*)::int AS closed FROM owed`;
