import { Prisma } from "../../platform/db/client";
import { fitsAfterRecall, headroomSteps, refusalOf, reserveSteps } from "../../quota";

/** Half of the time after which the key of a call that was never opened is free, whatever its process says. */
const KEPT_FOR_MINUTES = 10;

/**
 * Of a call `b` in a process `$1`: nobody else can have its Idempotency-Key. The process that took it is this one, and has not
 * been taken for dead since; nor has it stood still for so long that the key was given up.
 */
export const keepsItsKey: Prisma.Sql = Prisma.raw(`(b.kept_by IS NULL
  OR (b.kept_by = $1::uuid AND uuid_v7_time(b.id) > now() - interval '${KEPT_FOR_MINUTES} minutes'))`);

/**
 * Opens a batch of calls in one statement: reservations of tokens and money and a row in `open_calls`, all or nothing for
 * each call. A process whose row has expired opens nothing: its calls are being closed by another process. The lock on that row
 * makes a concurrent delete of it wait for this commit. A call whose Idempotency-Key may be another's by now is 'overtaken';
 * one that does not fit only because of what leases still hold is 'held': they have to be recalled before its refusal is final.
 *
 * Lock order: the process, then organizations' counters, then API keys' counters, each sorted.
 */
export const openCallsSql: string = Prisma.sql`
    WITH process AS MATERIALIZED (
      SELECT id FROM admission_processes WHERE id = $1::uuid AND expires_at > now() FOR KEY SHARE
    ),
    batch AS MATERIALIZED (
      SELECT *, uuid_v7_time(id) AS created_at
      FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::environment[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::uuid[], $16::bigint[])
        AS b(id, org_id, user_id, api_key_id, spend_id, environment, endpoint, model, provider, upstream_model, price_version,
          reserved_tokens, reserved_micros, kept_by, plan_tokens)
    ),
    asked AS MATERIALIZED (
      SELECT b.*, CASE WHEN environment = 'live' THEN date_trunc('month', created_at, 'UTC') END AS quota_month,
        CASE WHEN environment = 'live' THEN (date_trunc('month', created_at, 'UTC') AT TIME ZONE 'UTC')::date END AS quota_day,
        EXISTS (SELECT FROM process) AND ${keepsItsKey} AS may_go
      FROM batch b
    ),
    ${headroomSteps},
    to_reserve AS (SELECT * FROM fits_together),
    ${reserveSteps},
    opened AS (
      INSERT INTO open_calls (id, created_at, process_id, org_id, user_id, api_key_id, spend_id, environment, endpoint, model, provider,
        upstream_model, price_version, reserved_tokens, reserved_micros, quota_month, quota_period, overage_from)
      SELECT id, created_at, $1::uuid, org_id, user_id, api_key_id, spend_id, environment, endpoint, model, provider,
        upstream_model, price_version, reserved_tokens, reserved_micros, quota_day, quota_period, overage_from
      FROM reserved
      RETURNING id
    )
    -- Each call's outcome. Where another process took the headroom after this one had reserved a part, all is rolled back.
    SELECT b.id, CASE
      WHEN NOT ${keepsItsKey} THEN 'overtaken'
      WHEN NOT b.may_go THEN 'expired'
      WHEN b.id IN (SELECT id FROM opened) THEN 'opened'
      WHEN b.id IN (SELECT id FROM to_reserve WHERE org_id IN (SELECT org_id FROM org_reservations))
        AND refuse_statement('a reservation without its call') THEN 'contended'
      WHEN b.id IN (SELECT id FROM fits_alone) THEN 'contended'
      WHEN ${fitsAfterRecall} THEN 'held'
      ELSE 'refused' END AS outcome,
      coalesce(b.limit_tokens, b.overage_from) AS token_limit,
      coalesce(b.used_tokens + b.reserved_before, 0) - (
        SELECT coalesce(sum(l.free_tokens), 0) FROM budget_leases l WHERE l.org_id = b.org_id AND l.quota_period = b.quota_period
      ) AS tokens_taken,
      b.period_ends, r.*
    FROM headroom b
    CROSS JOIN LATERAL ${refusalOf} r`.text;
