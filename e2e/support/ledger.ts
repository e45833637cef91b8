import { fromPublicId, toPublicId } from "@agathaai/core/platform";
import { expect } from "vitest";
import { query } from "./database";

export interface LedgerRow {
  status: string;
  environment: "live" | "test";
  user_id: string | null;
  api_key_id: string | null;
  billable: boolean;
  input_tokens: string;
  output_tokens: string;
  cost_micros: string;
  reserved_tokens: string;
  estimated: boolean;
  endpoint: string | null;
  finish_reason: string | null;
}

/** The ledger's row of a call, once it is there. */
export async function ledgerRow(publicId: string): Promise<LedgerRow> {
  const id = fromPublicId("inf", publicId);
  let row: LedgerRow | undefined;
  await expect
    .poll(
      async () => {
        [row] = await query<LedgerRow>("SELECT * FROM usage_ledger WHERE request_id = $1", [id]);
        return row;
      },
      { timeout: 10_000 },
    )
    .toBeDefined();
  if (row === undefined) throw new Error("there is no such row");
  return row;
}

/** What is held for calls that run; at rest nothing is. */
export async function heldTokens(): Promise<number> {
  const [row] = await query<{ held: string }>(
    `SELECT coalesce(sum(reserved_tokens), 0) - (SELECT coalesce(sum(free_tokens), 0) FROM budget_leases) AS held
     FROM quota_counters`,
  );
  return Number(row?.held ?? 0);
}

/** The same of money, in the caps of organizations and of keys. */
export async function heldMicros(): Promise<number> {
  const [row] = await query<{ held: string }>(
    `SELECT (SELECT coalesce(sum(reserved_micros), 0) FROM quota_counters)
       + (SELECT coalesce(sum(reserved_micros), 0) FROM key_spend)
       - (SELECT coalesce(sum(free_micros * CASE WHEN spend_id IS NULL THEN 1 ELSE 2 END), 0) FROM budget_leases) AS held`,
  );
  return Number(row?.held ?? 0);
}

/** Of the one call that is under way. */
export async function idOfOpenCall(): Promise<string> {
  await expect
    .poll(async () => (await query("SELECT id FROM open_calls")).length, { timeout: 5_000 })
    .toBe(1);
  const [row] = await query<{ id: string }>("SELECT id FROM open_calls");
  return toPublicId("inf", row?.id ?? "");
}

/** An organization's rows, what is held for it, and by how much its counters and its keys' differ from the rows. */
export async function moneyOf(orgId: string): Promise<Record<string, number>> {
  const [row] = await query<Record<string, string>>(
    `SELECT l.rows, q.held + k.held AS held, q.tokens - l.tokens AS tokens, q.micros - l.micros AS micros,
       k.micros - l.of_keys AS "keyMicros"
     FROM (SELECT count(*) AS rows, coalesce(sum(input_tokens + output_tokens) FILTER (WHERE billable), 0) AS tokens,
             coalesce(sum(cost_micros) FILTER (WHERE billable), 0) AS micros,
             coalesce(sum(cost_micros) FILTER (WHERE billable AND api_key_id IS NOT NULL), 0) AS of_keys
           FROM usage_ledger WHERE org_id = $1) l,
          (SELECT coalesce(sum(used_tokens), 0) AS tokens, coalesce(sum(spent_micros), 0) AS micros,
             coalesce(sum(reserved_tokens + reserved_micros), 0) AS held FROM quota_counters WHERE org_id = $1) q,
          (SELECT coalesce(sum(spent_micros), 0) AS micros, coalesce(sum(reserved_micros), 0) AS held
           FROM key_spend WHERE org_id = $1) k`,
    [orgId],
  );
  return Object.fromEntries(Object.entries(row ?? {}).map(([name, value]) => [name, Number(value)]));
}
