import type { DbOrTx } from "../../platform/db/client";
import type { KeyView } from "../schemas";
import { readKeySpend } from "./read-key-spend";
import { type KeyRow, toKeyView } from "./to-key-view";

/** Rows as their owner sees them, with what each has spent this month. */
export async function viewKeys(
  db: DbOrTx,
  { orgId, rows, now }: { orgId: string; rows: readonly KeyRow[]; now: Date },
): Promise<KeyView[]> {
  const spent = await readKeySpend(db, { orgId, spendIds: rows.map(({ spendId }) => spendId), at: now });
  return rows.map((row) => toKeyView(row, spent.get(row.spendId) ?? 0n, now));
}

export async function viewKey(
  db: DbOrTx,
  { orgId, row, now }: { orgId: string; row: KeyRow; now: Date },
): Promise<KeyView> {
  const spent = await readKeySpend(db, { orgId, spendIds: [row.spendId], at: now });
  return toKeyView(row, spent.get(row.spendId) ?? 0n, now);
}
