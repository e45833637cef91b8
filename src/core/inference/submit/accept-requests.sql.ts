import { Prisma } from "../../platform/db/client";
import { keyReservationSql, limitOfPeriod, paysOverage, quotaPeriodSql, reservationSql } from "../../quota";

/**
 * Accepts a batch of requests in one statement, so one transaction and one round trip: idempotency keys, reservations of
 * tokens and money, and request rows, all or nothing for each request. Requests get the headroom of their organization and
 * API key in the order of their ids.
 *
 * Lock order: idempotency keys, then organizations' counters, then API keys' counters, each sorted, so that two batches
 * never wait for each other. An idempotency key is an advisory lock until the commit, and only tried: a duplicate in
 * another batch learns at once that the first is in flight, instead of its whole batch waiting at the unique index.
 *
 * @param rows the batch as a JSON array, one object a request with the columns of `batch`.
 */
export function acceptRequestsSql(rows: string): Prisma.Sql {
  return Prisma.sql`
    -- The requests, one row each.
    WITH batch AS MATERIALIZED (
      SELECT * FROM json_to_recordset(${rows}::json) AS b(
        id uuid, created_at timestamptz, org_id uuid, user_id uuid, api_key_id uuid, spend_id uuid, environment environment,
        lane lane, model text, provider text, upstream_model text, input text, metadata text, metadata_index text[],
        parameters jsonb, trace_id text, max_output_tokens int, reserved_tokens bigint, reserved_micros bigint,
        quota_day date, plan_tokens bigint, max_attempts int,
        operation text, key text, request_hash text, answer jsonb, key_expires_at timestamptz)
    ),
    -- Lock 1: try each idempotency key.
    key_locked AS MATERIALIZED (
      SELECT *, quota_day::timestamp AT TIME ZONE 'UTC' AS quota_month, key IS NULL
        OR pg_try_advisory_xact_lock(hashtextextended(concat_ws(' ', org_id, operation, key), 0)) AS key_is_ours
      FROM batch
    ),
    -- Limits and use of tokens and money. With overage there is no token limit; for the simulator no limit at all.
    limits AS (
      SELECT b.*, CASE WHEN b.quota_month IS NOT NULL THEN p.starts_at END AS quota_period, p.ends_at AS period_ends,
        CASE WHEN NOT t.pays_overage THEN t.tokens END AS limit_tokens,
        CASE WHEN t.pays_overage THEN t.tokens END AS overage_from,
        q.used_tokens, q.reserved_tokens AS reserved_before,
        CASE WHEN b.quota_month IS NOT NULL THEN s.monthly_cap_micros END AS org_cap,
        o.spent_micros AS org_spent, o.reserved_micros AS org_reserved,
        CASE WHEN b.quota_month IS NOT NULL THEN k.monthly_cap_micros END AS key_cap,
        ks.spent_micros AS key_spent, ks.reserved_micros AS key_reserved
      FROM key_locked b
      LEFT JOIN subscriptions s USING (org_id)
      CROSS JOIN LATERAL (${quotaPeriodSql({
        at: Prisma.sql`b.created_at`,
        planTokens: Prisma.sql`b.plan_tokens`,
      })}) p
      LEFT JOIN quota_counters q ON q.org_id = b.org_id AND q.starts_at = p.starts_at AND b.quota_month IS NOT NULL
      LEFT JOIN quota_counters o ON o.org_id = b.org_id AND o.starts_at = b.quota_month
      LEFT JOIN api_keys k ON k.id = b.api_key_id
      LEFT JOIN key_spend ks ON ks.key_id = b.spend_id AND ks.month = b.quota_day
      CROSS JOIN LATERAL (
        SELECT ${paysOverage} AND b.quota_month IS NOT NULL AS pays_overage,
          CASE WHEN b.quota_month IS NOT NULL THEN ${limitOfPeriod} END AS tokens
      ) t
    ),
    -- What each limit leaves; null is no limit.
    headroom AS (
      SELECT *,
        limit_tokens - coalesce(used_tokens + reserved_before, 0) AS token_headroom,
        org_cap - coalesce(org_spent + org_reserved, 0) AS org_headroom,
        key_cap - coalesce(key_spent + key_reserved, 0) AS key_headroom
      FROM limits
    ),
    -- Those that fit by themselves, with running totals over the batch.
    fits_alone AS (
      SELECT *,
        sum(reserved_tokens) OVER (PARTITION BY org_id, quota_period ORDER BY id) AS tokens_running,
        sum(reserved_micros) OVER (PARTITION BY org_id, quota_month ORDER BY id) AS org_running,
        sum(reserved_micros) OVER (PARTITION BY spend_id, quota_month ORDER BY id) AS key_running
      FROM headroom
      WHERE key_is_ours AND (token_headroom IS NULL OR reserved_tokens <= token_headroom) AND (org_headroom IS NULL OR reserved_micros <= org_headroom)
        AND (key_headroom IS NULL OR reserved_micros <= key_headroom)
    ),
    -- Those that also fit after the requests before them.
    fits_together AS (
      SELECT * FROM fits_alone
      WHERE (token_headroom IS NULL OR tokens_running <= token_headroom) AND (org_headroom IS NULL OR org_running <= org_headroom)
        AND (key_headroom IS NULL OR key_running <= key_headroom)
    ),
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
    -- Lock 2: reserve for organizations. Tokens count in the period, money in the calendar month: two rows, or one where they begin together.
    org_reservations AS (${reservationSql(Prisma.sql`
      SELECT org_id, starts_at, sum(tokens)::bigint AS tokens, max(limit_tokens) AS limit_tokens,
        sum(micros)::bigint AS micros, max(cap_micros) AS cap_micros
      FROM (
        SELECT org_id, quota_period AS starts_at, reserved_tokens AS tokens, limit_tokens, 0 AS micros, NULL::bigint AS cap_micros
        FROM to_reserve WHERE quota_month IS NOT NULL
        UNION ALL
        SELECT org_id, quota_month, 0, NULL, reserved_micros, org_cap FROM to_reserve WHERE quota_month IS NOT NULL
      ) parts
      GROUP BY org_id, starts_at`)}
    ),
    -- Those whose organization has both reservations.
    org_has_reserved AS (
      SELECT * FROM to_reserve
      WHERE quota_month IS NULL
        OR ((org_id, quota_period) IN (SELECT org_id, starts_at FROM org_reservations)
          AND (org_id, quota_month) IN (SELECT org_id, starts_at FROM org_reservations))
    ),
    -- Lock 3: reserve money for API keys.
    key_reservations AS (${keyReservationSql(Prisma.sql`
      SELECT spend_id AS key_id, quota_day AS month, org_id, sum(reserved_micros)::bigint AS micros,
        max(key_cap) AS cap_micros
      FROM org_has_reserved WHERE quota_day IS NOT NULL AND spend_id IS NOT NULL
      GROUP BY spend_id, quota_day, org_id`)}
    ),
    -- The request rows.
    inserted AS (
      INSERT INTO inference_requests (
        id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, status,
        input_cipher, metadata_cipher, metadata_index, parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_month, quota_period, overage_from, max_attempts, next_attempt_at)
      SELECT id, created_at, org_id, user_id, api_key_id, spend_id, environment, lane, model, provider, upstream_model, 'queued',
        decode(input, 'base64'), decode(metadata, 'base64'), metadata_index::bytea[], parameters, trace_id, max_output_tokens, reserved_tokens,
        reserved_micros, quota_day, quota_period, overage_from, max_attempts, created_at
      FROM org_has_reserved
      WHERE quota_day IS NULL OR spend_id IS NULL
        OR (spend_id, quota_day) IN (SELECT key_id, month FROM key_reservations)
      RETURNING id
    )
    -- Each request's outcome. Where another process took the headroom after this one had stored a key or reserved, all is rolled back.
    SELECT b.id, CASE
      WHEN NOT b.key_is_ours THEN 'key_in_flight'
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
      ELSE 'refused' END AS outcome, r.*
    FROM headroom b
    CROSS JOIN LATERAL (
      SELECT (b.quota_day + interval '1 month') AT TIME ZONE 'UTC' AS ends_at
    ) m
    CROSS JOIN LATERAL (
      SELECT 'quota' AS refused_by, b.quota_period AS starts_at, b.period_ends AS ends_at, b.limit_tokens AS limit_amount, b.used_tokens AS used_amount, b.reserved_before AS reserved_amount
      WHERE b.reserved_tokens > b.token_headroom
      UNION ALL SELECT 'org_cap', b.quota_month, m.ends_at, b.org_cap, b.org_spent, b.org_reserved WHERE b.reserved_micros > b.org_headroom
      UNION ALL SELECT 'key_cap', b.quota_month, m.ends_at, b.key_cap, b.key_spent, b.key_reserved
      LIMIT 1
    ) r`;
}
