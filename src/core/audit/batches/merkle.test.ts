import { createHash } from "node:crypto";
import { describe, expect, it } from "vitest";
import { rootFrom } from "../testing/check-proof";
import { inclusionPath, inclusionPaths, leafHash, merkleRoot } from "./merkle";

const leaves = (count: number) => Array.from({ length: count }, (_, n) => leafHash(`record ${n}`));
const hex = (bytes: Uint8Array) => Buffer.from(bytes).toString("hex");

/** RFC 6962 §2.1, word for word. */
function mth(hashes: Uint8Array[]): Uint8Array {
  const [only] = hashes;
  if (hashes.length === 1 && only !== undefined) return only;
  let k = 1;
  while (k * 2 < hashes.length) k *= 2;
  return createHash("sha256")
    .update(Buffer.concat([Buffer.of(1), mth(hashes.slice(0, k)), mth(hashes.slice(k))]))
    .digest();
}

describe("the Merkle tree of a batch", () => {
  it("has the root of RFC 6962 for any number of records, and every path leads to it", () => {
    for (let count = 1; count <= 40; count += 1) {
      const tree = leaves(count);
      const root = merkleRoot(tree);
      expect(hex(root)).toBe(hex(mth(tree)));
      const paths = inclusionPaths(tree);
      for (const [index, leaf] of tree.entries()) {
        const path = inclusionPath(tree, index).map(hex);
        expect(paths[index]?.map(hex)).toEqual(path);
        expect(rootFrom({ leaf: hex(leaf), index, count, path })).toBe(hex(root));
        if (count > 1) {
          expect(rootFrom({ leaf: hex(leaf), index: (index + 1) % count, count, path })).not.toBe(hex(root));
        }
      }
    }
  });

  it("hashes a leaf's text in UTF-8 behind the byte 0", () => {
    const bytes = Buffer.concat([Buffer.of(0), Buffer.from("漢 ü")]);
    expect(hex(leafHash("漢 ü"))).toBe(createHash("sha256").update(bytes).digest("hex"));
  });

  it("tells a leaf from a node, and has no root without leaves", () => {
    const [left, right] = leaves(2);
    const nodeAsLeaf = leafHash(Buffer.concat([left as Uint8Array, right as Uint8Array]).toString("latin1"));
    expect(hex(nodeAsLeaf)).not.toBe(hex(merkleRoot(leaves(2))));
    expect(() => merkleRoot([])).toThrow();
  });
});
