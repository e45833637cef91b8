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

/** Of the one call that is under way. */
export async function idOfOpenCall(): Promise<string> {
  await expect
    .poll(async () => (await query("SELECT id FROM open_calls")).length, { timeout: 5_000 })
    .toBe(1);
  const [row] = await query<{ id: string }>("SELECT id FROM open_calls");
  return toPublicId("inf", row?.id ?? "");
}
