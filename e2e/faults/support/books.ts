import { setTimeout as sleep } from "node:timers/promises";
import type pg from "pg";
import { expect } from "vitest";
import { simulateText } from "../../../src/worker/engine/providers/simulator/simulator-text";
import type { Customer } from "./open-customer";
import { type Accepted, MAX_TOKENS, MODEL } from "./submit-many";

/** Waits until nothing of the customer's is live any more, and every process has given its leases back. */
export async function untilAllEnded(sql: pg.Client, { orgId }: Customer, timeoutMs = 120_000): Promise<void> {
  for (const deadline = Date.now() + timeoutMs; ; await sleep(250)) {
    const { rows } = await sql.query<{ what: string; count: number }>(
      `SELECT status::text AS what, count(*)::int FROM inference_requests
       WHERE org_id = $1 AND status IN ('queued', 'processing') GROUP BY 1
       UNION ALL SELECT 'leased', count(*)::int FROM budget_leases WHERE org_id = $1 HAVING count(*) > 0`,
      [orgId],
    );
    if (rows.length === 0) return;
    if (Date.now() > deadline) throw new Error(`still live after ${timeoutMs} ms: ${JSON.stringify(rows)}`);
  }
}

export interface Books {
  completed: number;
  failed: number;
  cancelled: number;
  attempts: number;
}

/**
 * The promises, by counting: every accepted request exists and has one terminal state and one ledger row of the same
 * state; nothing else has a row; nothing stays reserved; what is billed is what the provider counted, and the quota's
 * use is the sum of it.
 */
export async function auditBooks(sql: pg.Client, { orgId }: Customer, accepted: Accepted): Promise<Books> {
  const ids = [...accepted.keys()];
  const { rows: known } = await sql.query<{ ended: number; ledgered: number; stray: number; leased: number }>(
    `SELECT
       (SELECT count(*)::int FROM inference_requests r
        WHERE r.id = ANY($1) AND r.org_id = $2 AND r.status IN ('completed', 'failed', 'cancelled')
          AND r.completed_at IS NOT NULL) AS ended,
       (SELECT count(*)::int FROM inference_requests r
        JOIN usage_ledger l ON l.request_id = r.id AND l.status = r.status WHERE r.id = ANY($1)) AS ledgered,
       (SELECT count(*)::int FROM usage_ledger l LEFT JOIN inference_requests r ON r.id = l.request_id
        WHERE l.org_id = $2 AND r.id IS NULL) AS stray,
       (SELECT count(*)::int FROM inference_requests r WHERE r.org_id = $2 AND r.lease_owner IS NOT NULL) AS leased`,
    [ids, orgId],
  );
  expect(known).toEqual([{ ended: ids.length, ledgered: ids.length, stray: 0, leased: 0 }]);

  const { rows: doubled } = await sql.query(
    "SELECT request_id FROM usage_ledger WHERE org_id = $1 GROUP BY 1 HAVING count(*) <> 1",
    [orgId],
  );
  expect(doubled).toEqual([]);

  const { rows: quota } = await sql.query<{
    reserved: string;
    used: string;
    billed: string;
    charged: number;
  }>(
    `SELECT coalesce(sum(reserved_tokens), 0)::text AS reserved, coalesce(sum(used_tokens), 0)::text AS used,
       (SELECT coalesce(sum(input_tokens + output_tokens), 0)::text FROM usage_ledger
        WHERE org_id = $1 AND billable) AS billed,
       (SELECT count(*)::int FROM usage_ledger
        WHERE org_id = $1 AND NOT billable AND (cost_micros <> 0 OR input_tokens + output_tokens <> 0)) AS charged
     FROM quota_counters WHERE org_id = $1`,
    [orgId],
  );
  expect(quota).toEqual([{ reserved: "0", used: quota[0]?.billed, billed: quota[0]?.billed, charged: 0 }]);

  await auditUsage(sql, accepted);
  const { rows: books } = await sql.query<Books>(
    `SELECT count(*) FILTER (WHERE status = 'completed')::int AS completed,
       count(*) FILTER (WHERE status = 'failed')::int AS failed,
       count(*) FILTER (WHERE status = 'cancelled')::int AS cancelled,
       coalesce(sum(attempts), 0)::int AS attempts
     FROM inference_requests WHERE id = ANY($1)`,
    [ids],
  );
  const [counted] = books;
  if (!counted) throw new Error("nothing was counted");
  return counted;
}

/** The provider's simulator counts by rules of its own that depend on the prompt alone, so they can be reckoned here. */
async function auditUsage(sql: pg.Client, accepted: Accepted): Promise<void> {
  const { rows } = await sql.query<{ id: string; input: number; output: number }>(
    `SELECT request_id AS id, input_tokens::int AS input, output_tokens::int AS output FROM usage_ledger
     WHERE request_id = ANY($1) AND status = 'completed'`,
    [[...accepted.keys()]],
  );
  const wrong = rows.filter(({ id, input, output }) => {
    const content = accepted.get(id) ?? "";
    const counted = simulateText({
      model: MODEL,
      messages: [{ role: "user", content }],
      maxTokens: MAX_TOKENS,
    });
    return input !== counted.inputTokens || output !== counted.outputTokens;
  });
  expect(wrong).toEqual([]);
}
