import { type Db, toPublicId } from "../../../platform";
import { constantTimeEqual } from "../../../platform/crypto/hash";
import { BATCH_OF_CALLS, unpackLeaves } from "../../batches/batch";
import { callText } from "../../batches/call-record";
import { leafHash } from "../../batches/merkle";
import { isChainHash } from "../../record/chain-hash";
import type { ChainRow } from "../../verify/chain-walk";
import type { PlacedCallRow } from "../objects/archived-rows";

/** What was tampered with stays where it is, until somebody has looked at it. @throws Error that names the first such row. */
export function assertEntriesIntact(rows: readonly ChainRow[]): void {
  for (const [index, row] of rows.entries()) {
    const before = rows[index - 1];
    const follows =
      before === undefined ||
      row.sequence > before.sequence + 1n ||
      (row.sequence === before.sequence + 1n && constantTimeEqual(row.prevHash, before.hash));
    if (!follows || !isChainHash(row))
      throw new Error(`${toPublicId("aud", row.id)} is not what was written: run audit:verify`);
  }
}

/** Likewise of calls: each is in a batch, and is what its leaf was made of. */
export async function assertCallsIntact(
  db: Db,
  orgId: string,
  rows: readonly PlacedCallRow[],
): Promise<void> {
  const batches = await db.$queryRaw<{ sequence: bigint; leaves: Uint8Array | null }[]>`
    SELECT sequence, leaves FROM audit_logs
    WHERE org_id = ${orgId}::uuid AND action = ${BATCH_OF_CALLS}
      AND sequence = ANY (${[...new Set(rows.map((row) => String(row.sequence)))]}::bigint[])`;
  const leaves = new Map<string, Uint8Array>();
  for (const batch of batches)
    for (const { id, hash } of unpackLeaves(batch.leaves ?? new Uint8Array()) ?? [])
      leaves.set(`${batch.sequence} ${id}`, hash);
  for (const row of rows) {
    const hash = leaves.get(`${row.sequence} ${row.id}`);
    if (hash === undefined || !constantTimeEqual(leafHash(callText(row)), hash))
      throw new Error(`call ${toPublicId("aud", row.id)} is not what was recorded: run audit:verify`);
  }
}
