import { Prisma } from "../../platform/db/client";
import { keepsItsKey } from "../calls/open-calls.sql";

/**
 * Opens calls that are reserved under leases of their process, and test calls, which reserve nothing: a row each, and no
 * counter moves. Fencing: nothing is opened for a process that has expired, nor under a lease that is not its own any more,
 * nor a call whose Idempotency-Key may be another's by now.
 * The lock on the process's row makes a process that would declare it dead wait for this commit.
 * Its rows are the calls that were not opened: nearly always none, where a row for each would be written and read.
 */
export const openLeasedCallsSql: string = Prisma.sql`
    WITH process AS MATERIALIZED (
      SELECT id FROM admission_processes WHERE id = $1::uuid AND expires_at > now() FOR KEY SHARE
    ),
    opened AS (
      INSERT INTO open_calls (id, created_at, process_id, org_id, user_id, api_key_id, spend_id, environment, endpoint, model, provider,
        upstream_model, price_version, reserved_tokens, reserved_micros, quota_month, quota_period, lease_id)
      SELECT b.id, uuid_v7_time(b.id), $1::uuid, b.org_id, b.user_id, b.api_key_id, b.spend_id, b.environment, b.endpoint, b.model, b.provider,
        b.upstream_model, b.price_version, b.reserved_tokens, b.reserved_micros, l.quota_month, l.quota_period, b.lease_id
      FROM unnest($2::uuid[], $3::uuid[], $4::uuid[], $5::uuid[], $6::uuid[], $7::environment[], $8::text[], $9::text[],
        $10::text[], $11::text[], $12::text[], $13::bigint[], $14::bigint[], $15::uuid[], $16::uuid[])
        AS b(id, org_id, user_id, api_key_id, spend_id, environment, endpoint, model, provider, upstream_model, price_version,
          reserved_tokens, reserved_micros, kept_by, lease_id)
      -- Each by its key: without the offset PostgreSQL, which takes leases for few, would read all of them for every call.
      LEFT JOIN LATERAL (SELECT * FROM budget_leases l WHERE l.id = b.lease_id OFFSET 0) l ON l.process_id = $1::uuid
      WHERE EXISTS (SELECT FROM process) AND ${keepsItsKey}
        AND CASE WHEN b.lease_id IS NULL THEN b.environment = 'test'
          ELSE l.id IS NOT NULL AND uuid_v7_time(b.id) >= l.granted_at - interval '1 minute' END
      RETURNING id
    )
    SELECT id FROM unnest($2::uuid[]) AS asked(id) EXCEPT SELECT id FROM opened`.text;
