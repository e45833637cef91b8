import { describe, expect, it } from "vitest";
import { DAY, HOUR } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import type { HeadsDocument } from "../heads/heads-document";
import { chainHash, chainKeyOf } from "../record/chain-hash";
import { chainKeys } from "./chain-keys";
import { type ChainRow, ChainWalk } from "./chain-walk";

const [before, now] = [new Uint8Array(32).fill(1), new Uint8Array(32).fill(2)];
const ORG = "0198f3a0-0000-7000-8000-000000000001";
const start = Date.UTC(2026, 10, 1);

/** A chain of which each row was hashed under one of the keys. */
function chainOf(secrets: readonly Uint8Array[]): ChainRow[] {
  const rows: ChainRow[] = [];
  for (const [index, secret] of secrets.entries()) {
    const unhashed = {
      ...{ id: `0198f3a0-0000-7000-8000-00000000${String(1_000 + index)}`, orgId: ORG },
      ...{ createdAt: new Date(start + index * HOUR), sequence: BigInt(index + 1), actorType: "system" },
      ...{ actorId: null, action: "org.updated", targetType: null, targetId: null, traceId: null },
      ...{ details: {}, prevHash: rows.at(-1)?.hash ?? (new Uint8Array() as Bytes), leaves: null },
    };
    rows.push({ ...unhashed, hash: chainHash(unhashed, chainKeyOf(secret)) });
  }
  return rows;
}

/** Heads of each hour, which the worker signs with the key that it has then. */
const headsUpTo = (rows: readonly ChainRow[], count: number, changedAt: number): HeadsDocument[] =>
  rows.slice(0, count).map(({ sequence, hash }, index) => ({
    at: new Date(start + index * HOUR + 1),
    full: index === 0,
    heads: [{ chain: ORG, sequence, hash: Buffer.from(hash).toString("hex") }],
    signedBy: index < changedAt ? 1 : 0,
  }));

function faultOf(rows: readonly ChainRow[], heads: readonly HeadsDocument[]) {
  const last = rows.at(-1);
  const walk = new ChainWalk({
    keys: chainKeys(ORG, heads, [now, before]),
    head: { sequence: last?.sequence ?? 0n, hash: Buffer.from(last?.hash ?? []).toString("hex") },
    pruning: undefined,
    proofs: heads.flatMap(({ at, heads: [head] }) => (head ? [{ at, ...head }] : [])),
  });
  return rows.map((row) => walk.step(row)).find((fault) => fault !== undefined) ?? walk.end();
}

describe("a chain whose key was replaced", () => {
  const replaced = chainOf([before, before, before, now, now, now]);

  it("is whole, also where processes of both keys wrote for a while", () => {
    expect(faultOf(replaced, headsUpTo(replaced, 6, 3))).toBeUndefined();
    const mixed = chainOf([before, before, now, before, now, now]);
    expect(faultOf(mixed, headsUpTo(mixed, 6, 2))).toBeUndefined();
    expect(faultOf(chainOf([before, before]), [])).toBeUndefined();
  });

  it("takes no row that somebody with the earlier key has added since, to a busy chain or a quiet one", () => {
    const forged = chainOf([before, before, before, now, now, now, before]);
    expect(faultOf(forged, headsUpTo(forged, 6, 3))).toMatchObject({ kind: "changed", sequence: 7n });
    // Nothing was written since: the newest heads are of after the change, and end at the third row.
    const quiet = chainOf([before, before, before, before]);
    const heads = headsUpTo(quiet, 3, 3);
    const after = { ...heads[2], at: new Date(start + 3 * DAY), full: true, heads: heads[2]?.heads ?? [] };
    expect(faultOf(quiet, [...heads, { ...after, signedBy: 0 }])).toMatchObject({
      kind: "changed",
      sequence: 4n,
    });
  });

  it("takes no row of a key that it never had", () => {
    const foreign = chainOf([before, new Uint8Array(32).fill(3)]);
    expect(faultOf(foreign, [])).toMatchObject({ kind: "changed", sequence: 2n });
  });
});
