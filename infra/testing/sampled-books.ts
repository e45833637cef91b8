import { z } from "zod";
import type { Db, KeyPrincipal } from "../../src/core/platform";

/** For tests that run random sequences, which a seed repeats. */

/** Numbers from 0 to `below` - 1 (mulberry32). */
export function randomNumbers(seed: number): (below: number) => number {
  let state = seed;
  return (below) => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) % below;
  };
}

const snapshot = z.tuple([
  z.object({
    used: z.number(),
    reserved: z.number(),
    ledger: z.number(),
    unreported: z.number(),
    direct: z.number(),
    queued: z.number(),
    held: z.number(),
    overfull: z.number(),
  }),
]);

/** One statement, one snapshot: whatever is under way, these agree. */
export async function lookAt(db: Db, { orgId }: KeyPrincipal) {
  const [books] = snapshot.parse(
    await db.$queryRaw`
      WITH leases AS (
        SELECT l.*,
          (SELECT coalesce(sum(o.reserved_tokens), 0) FROM open_calls o WHERE o.lease_id = l.id) AS open_tokens,
          (SELECT coalesce(sum(u.input_tokens + u.output_tokens), 0) FROM usage_ledger u WHERE u.org_id = l.org_id AND u.lease_id = l.id) AS settled_tokens
        FROM budget_leases l WHERE l.org_id = ${orgId}::uuid
      )
      SELECT
        (SELECT coalesce(sum(used_tokens), 0)::int FROM quota_counters WHERE org_id = ${orgId}::uuid) AS used,
        (SELECT coalesce(sum(reserved_tokens), 0)::int FROM quota_counters WHERE org_id = ${orgId}::uuid) AS reserved,
        (SELECT coalesce(sum(input_tokens + output_tokens), 0)::int FROM usage_ledger WHERE org_id = ${orgId}::uuid) AS ledger,
        (SELECT coalesce(sum(settled_tokens - spent_tokens), 0)::int FROM leases) AS unreported,
        (SELECT coalesce(sum(reserved_tokens), 0)::int FROM open_calls WHERE org_id = ${orgId}::uuid AND lease_id IS NULL) AS direct,
        (SELECT coalesce(sum(reserved_tokens), 0)::int FROM inference_requests
          WHERE org_id = ${orgId}::uuid AND status IN ('queued', 'processing')) AS queued,
        (SELECT coalesce(sum(held_tokens), 0)::int FROM leases) AS held,
        (SELECT count(*)::int FROM leases WHERE open_tokens + settled_tokens - spent_tokens > held_tokens) AS overfull`,
  );
  return books;
}
