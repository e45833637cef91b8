import { type Bytes, sha256 } from "../../platform/crypto/hash";

/**
 * A Merkle tree as in RFC 6962 §2.1: SHA-256, a leaf behind the byte 0 and a node behind the byte 1, so that neither can be passed off as the
 * other. A node without a neighbor moves up as it is.
 */

export const HASH_BYTES = 32;
/** A character of one byte in UTF-8. */
const LEAF = "\u0000";
const NODE = 1;
/** Every call of the API has a leaf: its two neighbors are put together here, without a buffer for each pair. */
const pair = new Uint8Array(1 + 2 * HASH_BYTES);

export function leafHash(text: string): Bytes {
  return sha256(LEAF + text);
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

/** The same of every leaf, for the hashes of one. */
export function inclusionPaths(leaves: readonly Uint8Array[]): Uint8Array[][] {
  const paths: Uint8Array[][] = leaves.map(() => []);
  for (let [level, height] = [leaves, 0]; level.length > 1; level = above(level), height += 1) {
    for (const [index, path] of paths.entries()) {
      const neighbor = level[(index >> height) ^ 1];
      if (neighbor !== undefined) path.push(neighbor);
    }
  }
  return paths;
}

function nodeHash(left: Uint8Array, right: Uint8Array): Bytes {
  pair[0] = NODE;
  pair.set(left, 1);
  pair.set(right, 1 + HASH_BYTES);
  return sha256(pair);
}

function above(level: readonly Uint8Array[]): Uint8Array[] {
  const parents: Uint8Array[] = [];
  for (let at = 0; at < level.length; at += 2) {
    const [left, right] = [level[at] as Uint8Array, level[at + 1]];
    parents.push(right === undefined ? left : nodeHash(left, right));
  }
  return parents;
}
