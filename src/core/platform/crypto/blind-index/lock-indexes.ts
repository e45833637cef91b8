import { advisoryLock } from "../../db/advisory-lock";
import type { Tx } from "../../db/client";

/**
 * Until the transaction ends, no other one that indexes the same text passes here: two processes of which one writes under
 * an earlier key and the other under the current one have at least one of the text's indexes in common, and lock all of them
 * in one order. False, and nothing locked, where there is one key: then a unique index does the same.
 */
export async function lockIndexes(tx: Tx, indexes: readonly Uint8Array[]): Promise<boolean> {
  if (indexes.length < 2) return false;
  const ids = indexes.map((index) => Buffer.from(index).toString("hex")).sort();
  for (const id of ids) await advisoryLock(tx, "blind-index", id);
  return true;
}
