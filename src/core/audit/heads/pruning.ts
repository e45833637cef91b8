import type { DbOrTx, Tx } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { createSigner, type Signer } from "../../platform/crypto/signer";

/** How far a chain was pruned when retention dropped one of its weeks. */
export interface Pruning {
  chain: string;
  /** The newest row that was dropped. */
  upTo: bigint;
  /** That row's hash, which the next row must continue. */
  lastHash: Uint8Array;
  /** Rows before it that remain, because they belong to a later week. */
  remaining: readonly bigint[];
  partition: string;
  prunedAt: Date;
}

const FORM = "agathaai-audit-pruning-1";

/** The text that is signed: a JSON array of fixed length and order. */
export function canonicalPruning(pruning: Pruning): string {
  return JSON.stringify([
    FORM,
    pruning.chain,
    pruning.upTo.toString(),
    Buffer.from(pruning.lastHash).toString("base64url"),
    pruning.remaining.map(String),
    pruning.partition,
    pruning.prunedAt.toISOString(),
  ]);
}

interface LastRow {
  chain_id: string;
  up_to: bigint;
  last_hash: Bytes;
  remaining: bigint[];
}

/**
 * Records, in the transaction that drops a partition, how far each of its chains is pruned. Signed, so that an attacker
 * with access to the database alone cannot explain missing rows away.
 */
export async function recordPruning(tx: Tx, partition: string): Promise<void> {
  const signer = createSigner("audit-pruning");
  const prunedAt = new Date();
  const rows = await tx.$queryRaw<LastRow[]>`
    SELECT chain_id, up_to, last_hash, remaining FROM audit_last_rows(${partition})`;
  await tx.auditPruning.createMany({
    data: rows.map(({ chain_id: chain, up_to: upTo, last_hash: lastHash, remaining }) => {
      const pruning = { chain, upTo, lastHash, remaining, partition, prunedAt };
      return {
        chainId: chain,
        upTo,
        lastHash,
        remaining,
        partition,
        prunedAt,
        signature: signer.sign(canonicalPruning(pruning)),
      };
    }),
    skipDuplicates: true,
  });
}

export interface Prunings {
  /** The farthest one with our signature. */
  last: Pruning | undefined;
  /** One without our signature. */
  forged: Pruning | undefined;
}

export async function readPrunings(db: DbOrTx, chain: string, signer: Signer): Promise<Prunings> {
  const rows = await db.auditPruning.findMany({ where: { chainId: chain }, orderBy: { upTo: "asc" } });
  const found: Prunings = { last: undefined, forged: undefined };
  for (const { signature, ...row } of rows) {
    const pruning = { ...row, chain };
    if (signer.verify(canonicalPruning(pruning), signature)) found.last = pruning;
    else found.forged ??= pruning;
  }
  return found;
}
