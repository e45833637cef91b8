import { createHash } from "node:crypto";
import type { Bytes } from "../../platform/crypto/hash";

/**
 * A Merkle tree as in RFC 6962 §2.1: SHA-256, a leaf behind the byte 0 and a node behind the byte 1, so that neither can be passed off as the
 * other. A node without a neighbor moves up as it is.
 */

export const HASH_BYTES = 32;
const LEAF = Buffer.of(0);
const NODE = Buffer.of(1);

export function leafHash(text: string): Bytes {
  return new Uint8Array(createHash("sha256").update(LEAF).update(text).digest());
}

/** The root over at least one leaf. */
export function merkleRoot(leaves: readonly Uint8Array[]): Uint8Array {
  let level = leaves;
  while (level.length > 1) level = above(level);
  const [root] = level;
  if (root === undefined) throw new Error("a tree without leaves has no root");
  return root;
}

/** The neighbors that lead from a leaf to the root, from below. */
export function inclusionPath(leaves: readonly Uint8Array[], index: number): Uint8Array[] {
  const path: Uint8Array[] = [];
  for (let [level, at] = [leaves, index]; level.length > 1; level = above(level), at >>= 1) {
    const neighbor = level[at ^ 1];
    if (neighbor !== undefined) path.push(neighbor);
  }
  return path;
}

function above(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at] as Uint8Array, level[at + 1]];
    parents.push(
      right === undefined ? left : createHash("sha256").update(NODE).update(left).update(right).digest(),
    );
  }
  return parents;
}
