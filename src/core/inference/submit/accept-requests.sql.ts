import { Prisma } from "../../platform/db/client";
import { fitsAfterRecall, headroomSteps, refusalOf, reserveSteps } from "../../quota";

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
    -- The requests, one row each.
    WITH batch AS MATERIALIZED (
      SELECT * FROM json_to_recordset($1::json) AS b(
        id uuid, created_at timestamptz, org_id uuid, user_id uuid, api_key_id uuid, spend_id uuid, environment environment,
        lane lane, model text, provider text, upstream_model text, input text, metadata text, metadata_index text[],
        parameters jsonb, trace_id text, max_output_tokens int, reserved_tokens bigint, reserved_micros bigint, own_key_only boolean, own_key_fee_percent smallint,
        quota_day date, plan_tokens bigint, max_attempts int,
        operation text, key text, request_hash text, answer jsonb, key_expires_at timestamptz)
    ),
    -- Lock 1: try each idempotency key.
    asked AS MATERIALIZED (
      SELECT *, quota_day::timestamp AT TIME ZONE 'UTC' AS quota_month, key IS NULL
        OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', org_id, operation, key), 0)) AS may_go
      FROM batch
    ),
${headroomSteps},
    -- Store idempotency keys with their response; an expired row is taken over.
    keys_stored AS (
      INSERT INTO idempotency_keys AS k
        (org_id, operation, key, request_hash, status, resource_id, response, created_at, expires_at)
      SELECT org_id, operation, key, decode(request_hash, 'base64'), 'done', id, answer, created_at, key_expires_at
      FROM fits_together WHERE key IS NOT NULL
      ORDER BY org_id, operation, key
      ON CONFLICT (org_id, operation, key) DO UPDATE SET
        request_hash = EXCLUDED.request_hash, status = EXCLUDED.status, resource_id = EXCLUDED.resource_id,
        response = EXCLUDED.response, created_at = EXCLUDED.created_at, expires_at = EXCLUDED.expires_at
      WHERE k.expires_at <= EXCLUDED.created_at
      RETURNING k.resource_id
    ),
    -- Those without a key, or whose key is now theirs.
    to_reserve AS (
      SELECT * FROM fits_together WHERE key IS NULL OR id IN (SELECT resource_id FROM keys_stored)
    ),
    -- Locks 2 and 3.
${reserveSteps},
    -- The request rows.
    inserted AS (
      INSERT INTO inference_requests (
        id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, status,
        input_cipher, metadata_cipher, metadata_index, parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_month, quota_period, overage_from, max_attempts, own_key_only, own_key_fee_percent, next_attempt_at)
      SELECT id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, 'queued',
        decode(input, 'base64'), decode(metadata, 'base64'), metadata_index::bytea[], parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_day, quota_period, overage_from, max_attempts, own_key_only, own_key_fee_percent, created_at
      FROM reserved
      RETURNING id
    )
    -- Each request's outcome. Where another process took the headroom after this one had stored a key or reserved, all is rolled back.
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
