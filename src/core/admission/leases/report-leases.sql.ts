import { Prisma } from "../../platform/db/client";
import { counterSteps, keyCounterSteps } from "../../quota";

/**
 * Reports leases of a process: the usage settled under each since it was granted, and the amount it still holds. The counters move by
 * the difference to the last report, so that one that is sent again changes nothing. Of what a lease has kept, the row subtracts what was
 * moved to queued requests, by the statement that accepted them (ADR 56). Those that have ended leave.
 *
 * Lock order: the leases, then organizations' counters, then API keys' counters, each sorted.
 */
export const reportLeasesSql: string = Prisma.sql`
    WITH batch AS MATERIALIZED (
      SELECT * FROM unnest($2::uuid[], $3::bigint[], $4::bigint[], $5::bigint[], $6::bigint[], $7::bigint[], $8::bigint[], $9::boolean[])
        AS b(id, spent_tokens, spent_micros, kept_tokens, kept_micros, free_tokens, free_micros, ended)
    ),
    leases AS MATERIALIZED (
      SELECT l.* FROM budget_leases l
      WHERE l.process_id = $1::uuid AND l.id = ANY($2::uuid[])
      ORDER BY l.id
      FOR UPDATE OF l
    ),
    -- One that has ended holds nothing, whatever its row still says.
    reports AS MATERIALIZED (
      SELECT b.*, h.held_tokens, h.held_micros, least(b.free_tokens, h.held_tokens) AS left_tokens, least(b.free_micros, h.held_micros) AS left_micros
      FROM batch b JOIN leases l ON l.id = b.id
      CROSS JOIN LATERAL (
        SELECT CASE WHEN b.ended THEN 0 ELSE b.kept_tokens - l.moved_tokens END AS held_tokens,
          CASE WHEN b.ended THEN 0 ELSE b.kept_micros - l.moved_micros END AS held_micros
      ) h
    ),
    priced AS (
      SELECT l.id, l.org_id, l.spend_id, l.quota_month, l.quota_month::timestamp AT TIME ZONE 'UTC' AS month, l.quota_period AS period,
        b.spent_tokens - l.spent_tokens AS tokens, b.spent_micros - l.spent_micros AS micros,
        l.held_tokens - b.held_tokens AS reserved_tokens, l.held_micros - b.held_micros AS reserved_micros
      FROM leases l JOIN reports b ON b.id = l.id
    ),
    ${counterSteps},
    owed AS MATERIALIZED (
      SELECT p.*, s.used_tokens + s.reserved_tokens AS tokens_taken
      FROM priced p LEFT JOIN settled s ON s.org_id = p.org_id AND s.starts_at = p.period
    ),
    ${keyCounterSteps},
    kept AS (
      UPDATE budget_leases l SET spent_tokens = b.spent_tokens, spent_micros = b.spent_micros, held_tokens = b.held_tokens,
        held_micros = b.held_micros, free_tokens = b.left_tokens, free_micros = b.left_micros
      FROM reports b WHERE l.id = b.id AND l.id = ANY($2::uuid[]) AND NOT b.ended
    ),
    gone AS (DELETE FROM budget_leases l USING reports b WHERE l.id = b.id AND l.id = ANY($2::uuid[]) AND b.ended)
    SELECT id, tokens_taken FROM owed`.text;

/**
 * Ends leases of processes that are gone, once their open calls are closed: their spend is the sum of the ledger rows that name
 * them, and the rest goes back. A call is either open or in the ledger in the one snapshot that this statement sees.
 */
export const endDeadLeasesSql: Prisma.Sql = Prisma.sql`
    WITH dead AS MATERIALIZED (
      SELECT l.* FROM budget_leases l
      WHERE NOT EXISTS (SELECT FROM admission_processes p WHERE p.id = l.process_id)
        AND NOT EXISTS (SELECT FROM open_calls o WHERE o.process_id = l.process_id AND o.lease_id = l.id)
      ORDER BY l.id LIMIT 200
      FOR UPDATE SKIP LOCKED
    ),
    priced AS (
      SELECT d.id, d.org_id, d.spend_id, d.quota_month, d.quota_month::timestamp AT TIME ZONE 'UTC' AS month, d.quota_period AS period,
        coalesce(u.tokens, 0) - d.spent_tokens AS tokens, coalesce(u.micros, 0) - d.spent_micros AS micros,
        d.held_tokens AS reserved_tokens, d.held_micros AS reserved_micros
      FROM dead d
      CROSS JOIN LATERAL (
        SELECT sum(u.input_tokens + u.output_tokens) AS tokens, sum(u.cost_micros) AS micros
        FROM usage_ledger u
        WHERE u.org_id = d.org_id AND u.environment = 'live' AND u.lease_id = d.id
          -- No call under it is older: see the statement that opens them.
          AND u.created_at >= d.granted_at - interval '1 minute'
      ) u
    ),
    ${counterSteps},
    owed AS MATERIALIZED (SELECT p.* FROM priced p LEFT JOIN settled s ON s.org_id = p.org_id AND s.starts_at = p.period),
    ${keyCounterSteps},
    gone AS (DELETE FROM budget_leases l USING dead d WHERE l.id = d.id)
    SELECT count(*)::int AS ended FROM owed`;
