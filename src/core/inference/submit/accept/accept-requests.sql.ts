import { Prisma } from "../../../platform/db/client";
import { fitsAfterRecall, headroomSteps, refusalOf, reserveSteps } from "../../../quota";

/** The requests, one row each; an idempotency key is an advisory lock until the commit, and only tried. */
const askedSteps: Prisma.Sql = Prisma.sql`
    batch AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1::json) AS b(
        id uuid, created_at timestamptz, org_id uuid, user_id uuid, api_key_id uuid, spend_id uuid, environment environment,
        queue_name queue_name, model text, provider text, upstream_model text, input text, metadata text, metadata_index text[],
        parameters jsonb, trace_id text, max_output_tokens int, reserved_tokens bigint, reserved_micros bigint, own_key_only boolean, own_key_fee_percent smallint,
        quota_day date, plan_tokens bigint, max_attempts int, lease_id uuid, process_id uuid,
        operation text, key text, request_hash text, answer jsonb, key_expires_at timestamptz)
    ),
    asked AS MATERIALIZED (
      SELECT *, quota_day::timestamp AT TIME ZONE 'UTC' AS quota_month, key IS NULL
        OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', org_id, operation, key), 0)) AS may_go
      FROM batch
    )`;

/** Stores the idempotency keys of a step's requests with their responses; an expired row is taken over. */
function keysStored(requests: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    keys_stored AS (
      INSERT INTO idempotency_keys AS k
        (org_id, operation, key, request_hash, status, resource_id, response, created_at, expires_at)
      SELECT org_id, operation, key, decode(request_hash, 'base64'), 'done', id, answer, created_at, key_expires_at
      FROM ${requests} WHERE key IS NOT NULL
      ORDER BY org_id, operation, key
      ON CONFLICT (org_id, operation, key) DO UPDATE SET
        request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, resource_id = EXCLUDED.resource_id,
        response = EXCLUDED.response, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= EXCLUDED.created_at
      RETURNING k.resource_id
    )`;
}

/** The request rows, of the requests of a step with their periods. */
function insertedSteps(requests: Prisma.Sql): Prisma.Sql {
  return Prisma.sql`
    inserted AS (
      INSERT INTO inference_requests (
        id, created_at, org_id, user_id, api_key_id, spend_id, environment, queue_name, model, provider, upstream_model, status,
        input_cipher, metadata_cipher, metadata_index, parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_month, quota_period, overage_from, max_attempts, own_key_only, own_key_fee_percent, next_attempt_at)
      SELECT id, created_at, org_id, user_id, api_key_id, spend_id, environment, queue_name, model, provider, upstream_model, 'queued',
        decode(input, 'base64'), decode(metadata, 'base64'), metadata_index::bytea[], parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_day, quota_period, overage_from, max_attempts, own_key_only, own_key_fee_percent, created_at
      FROM ${requests}
      RETURNING id
    )`;
}

/**
 * Accepts a batch of requests in one statement, so one transaction and one round trip: idempotency keys, reservations of
 * tokens and money, and request rows, all or nothing for each request. Requests get the headroom of their organization and
 * API key in the order of their ids.
 *
 * Lock order: idempotency keys, then organizations' counters, then API keys' counters, each sorted, so that two batches
 * never wait for each other. An idempotency key is an advisory lock until the commit, and only tried: a duplicate in
 * another batch learns at once that the first is in flight, instead of its whole batch waiting at the unique index.
 *
 * `$1` is the batch as a JSON array, one object a request with the columns of `batch`.
 */
export const acceptRequestsSql: string = Prisma.sql`
    WITH ${askedSteps},
${headroomSteps},
${keysStored(Prisma.sql`fits_together`)},
    -- Those without a key, or whose key is now theirs.
    to_reserve AS (
      SELECT * FROM fits_together WHERE key IS NULL OR id IN (SELECT resource_id FROM keys_stored)
    ),
    -- Locks 2 and 3.
${reserveSteps},
${insertedSteps(Prisma.sql`reserved`)}
    -- Each request's outcome. If another process took the headroom after this one had stored a key or reserved, everything is rolled back.
    SELECT b.id, CASE
      WHEN NOT b.may_go THEN 'key_in_flight'
      WHEN b.id IN (SELECT id FROM inserted) THEN 'accepted'
      WHEN b.id IN (
        SELECT id FROM to_reserve
        WHERE key IS NOT NULL OR quota_month IS NULL OR org_id IN (SELECT org_id FROM org_reservations)
      )
        AND refuse_statement('a key or a reservation without its request') THEN 'contended'
      WHEN b.id IN (SELECT id FROM fits_together WHERE key IS NOT NULL) THEN 'key_taken'
      WHEN b.id IN (SELECT id FROM fits_alone) THEN 'contended'
      WHEN b.key IS NOT NULL AND EXISTS (
        SELECT FROM idempotency_keys k
        WHERE k.org_id = b.org_id AND k.operation = b.operation AND k.key = b.key AND k.expires_at > b.created_at
      ) THEN 'key_taken'
      WHEN ${fitsAfterRecall} THEN 'held'
      ELSE 'refused' END AS outcome, r.*
    FROM headroom b
    CROSS JOIN LATERAL ${refusalOf} r`.text;

/**
 * The same for requests that are reserved in budget leases of their process, and for test requests, which reserve nothing: no limit is
 * read and no counter moves. The commit that inserts a request also takes its reservation out of what the lease holds, so that counters,
 * leases and requests add up in every snapshot, and a queued request keeps its reservation whatever becomes of the process (ADR 56).
 * The lease's row is the fence: the lease of a dead process that was settled is not there, and settling it waits for this commit.
 *
 * Lock order: idempotency keys, then leases, sorted.
 */
export const acceptLeasedRequestsSql: string = Prisma.sql`
    WITH ${askedSteps},
    -- Leases that no longer exist are skipped.
    leases_there AS MATERIALIZED (
      SELECT l.id, l.quota_period, l.quota_month, l.overage_from
      FROM budget_leases l JOIN admission_processes p ON p.id = l.process_id AND p.expires_at > now()
      WHERE (l.id, l.process_id) IN (SELECT lease_id, process_id FROM batch)
    ),
    covered AS (
      SELECT a.*, l.quota_period, l.overage_from
      FROM asked a LEFT JOIN leases_there l ON l.id = a.lease_id
      WHERE may_go AND CASE WHEN a.lease_id IS NULL THEN a.environment = 'test' ELSE l.quota_month = a.quota_day END
    ),
${keysStored(Prisma.sql`covered`)},
    to_accept AS MATERIALIZED (
      SELECT * FROM covered WHERE key IS NULL OR id IN (SELECT resource_id FROM keys_stored)
    ),
    moves AS (
      SELECT lease_id, sum(reserved_tokens)::bigint AS tokens, sum(reserved_micros)::bigint AS micros
      FROM to_accept WHERE lease_id IS NOT NULL
      GROUP BY lease_id
    ),
    leases_held AS MATERIALIZED (
      SELECT l.id FROM budget_leases l JOIN moves m ON m.lease_id = l.id
      ORDER BY l.id
      FOR UPDATE OF l
    ),
    moved AS (
      UPDATE budget_leases l SET
        held_tokens = l.held_tokens - m.tokens, held_micros = l.held_micros - m.micros,
        moved_tokens = l.moved_tokens + m.tokens, moved_micros = l.moved_micros + m.micros,
        free_tokens = greatest(0, l.free_tokens - m.tokens), free_micros = greatest(0, l.free_micros - m.micros)
      FROM moves m JOIN leases_held h ON h.id = m.lease_id
      WHERE l.id = m.lease_id
      RETURNING l.id
    ),
    to_insert AS (SELECT * FROM to_accept WHERE lease_id IS NULL OR lease_id IN (SELECT id FROM moved)),
${insertedSteps(Prisma.sql`to_insert`)}
    -- If a lease ended after this statement had read it, everything is rolled back.
    SELECT b.id, CASE
      WHEN NOT b.may_go THEN 'key_in_flight'
      WHEN b.id IN (SELECT id FROM inserted) THEN 'accepted'
      WHEN b.id IN (SELECT id FROM to_accept) AND refuse_statement('a request without its lease') THEN 'contended'
      WHEN b.id IN (SELECT id FROM covered) THEN 'key_taken'
      ELSE 'unleased' END AS outcome
    FROM asked b`.text;
