import { Prisma } from "../../platform/db/client";
import { limitSteps, reserveSteps } from "../../quota";

/** Of what its limits leave, an organization's leases together get so much at a time: the rest goes to further ones. */
const SHARE = "0.5";
/** In the last tenth of a limit there are no leases: each call is reserved in the counters themselves. */
const LAST = "0.1";

/**
 * Grants leases: blocks of tokens and money, each a share of what its limits leave over the processes that are alive, taken out
 * of the counters as reservations are. None where that is less than the smallest amount requested. Organizations that pay beyond
 * their quota get them for queued requests alone, which are settled in the counters: only there it is known which is beyond (ADR 86).
 * A process whose row has expired gets nothing.
 *
 * Lock order: the process, then organizations' counters, then API keys' counters, each sorted.
 */
export const grantLeasesSql: string = Prisma.sql`
    WITH process AS MATERIALIZED (
      SELECT id FROM admission_processes WHERE id = $1::uuid AND expires_at > now() FOR KEY SHARE
    ),
    batch AS MATERIALIZED (
      SELECT *, now() AS created_at
      FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::bigint[], $7::bigint[], $8::bigint[], $9::bigint[], $10::bigint[],
        $11::boolean[])
        AS b(id, org_id, api_key_id, spend_id, plan_tokens, want_tokens, want_micros, least_tokens, least_micros, queued)
    ),
    asked AS MATERIALIZED (
      SELECT b.*, date_trunc('month', created_at, 'UTC') AS quota_month,
        (date_trunc('month', created_at, 'UTC') AT TIME ZONE 'UTC')::date AS quota_day, EXISTS (SELECT FROM process) AS may_go
      FROM batch b
    ),
    ${limitSteps},
    sized AS (
      SELECT h.*, floor(least(want_tokens, token_headroom * share))::bigint AS reserved_tokens,
        floor(least(want_micros, org_headroom * share, key_headroom * share))::bigint AS reserved_micros
      FROM headroom h
      CROSS JOIN (
        SELECT ${Prisma.raw(SHARE)} / greatest(1, (SELECT count(*) FROM admission_processes WHERE expires_at > now())) AS per_process
      ) alive
      JOIN (SELECT org_id, count(*) AS asking FROM batch GROUP BY org_id) others USING (org_id)
      CROSS JOIN LATERAL (SELECT per_process / asking AS share) s
      WHERE may_go AND (overage_from IS NULL OR queued)
        AND (limit_tokens IS NULL OR token_headroom > limit_tokens * ${Prisma.raw(LAST)})
        AND (org_cap IS NULL OR org_headroom > org_cap * ${Prisma.raw(LAST)})
        AND (key_cap IS NULL OR key_headroom > key_cap * ${Prisma.raw(LAST)})
    ),
    to_reserve AS (SELECT * FROM sized WHERE reserved_tokens >= least_tokens AND reserved_micros >= least_micros),
    ${reserveSteps},
    granted AS (
      INSERT INTO budget_leases (id, process_id, org_id, spend_id, quota_period, quota_month, held_tokens, held_micros,
        free_tokens, free_micros, granted_at, overage_from)
      SELECT id, $1::uuid, org_id, spend_id, quota_period, quota_day, reserved_tokens, reserved_micros, reserved_tokens, reserved_micros, now(),
        overage_from
      FROM reserved
      RETURNING id, held_tokens, held_micros
    )
    -- Where others took the headroom after a part had been reserved, all is rolled back.
    SELECT b.id, $1::uuid AS process_id, g.held_tokens, g.held_micros, b.limit_tokens, coalesce(b.used_tokens + b.reserved_before, 0) AS tokens_taken,
      greatest(b.quota_period, b.quota_month) AS valid_from, least(b.period_ends, (b.quota_day + interval '1 month') AT TIME ZONE 'UTC') AS valid_until,
      b.period_ends, b.overage_from IS NOT NULL AS queued_only
    FROM headroom b
    LEFT JOIN granted g ON g.id = b.id
    WHERE CASE WHEN g.id IS NULL AND b.id IN (SELECT id FROM to_reserve WHERE org_id IN (SELECT org_id FROM org_reservations))
      THEN refuse_statement('a block without its lease') ELSE g.id IS NOT NULL END`.text;
