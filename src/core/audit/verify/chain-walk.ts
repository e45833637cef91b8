import { toPublicId } from "../../platform";
import { type Bytes, constantTimeEqual } from "../../platform/crypto/hash";
import type { Pruning } from "../heads/pruning";
import { chainHash } from "../record/chain-hash";

/** How far from its position a row is searched for before it counts as changed rather than moved. */
const MOVED_WITHIN = 1_000n;

export type FaultKind =
  /** The row's content does not match its hash. */
  | "changed"
  /** Rows are missing before this one. */
  | "removed"
  /** The row was not written by us, or is there twice. */
  | "inserted"
  /** The row is intact but stands at another position. */
  | "reordered"
  /** The newest rows are missing. */
  | "truncated"
  /** The chain's head is missing, or is not the hash of the last row. */
  | "head"
  /** The row differs from the head that was written off the database: the history was rewritten. */
  | "replaced"
  /** The record of a pruning was not signed by us, or the pruned rows were too young. */
  | "pruning"
  /** An archive object or the note of it is missing, was changed, or is not ours. */
  | "archive";

export interface ChainFault {
  kind: FaultKind;
  sequence: bigint;
  id: string | null;
  message: string;
}

/** A row of `audit_logs`. */
export interface ChainRow {
  id: string;
  createdAt: Date;
  orgId: string | null;
  sequence: bigint;
  actorType: string;
  actorId: string | null;
  action: string;
  targetType: string | null;
  targetId: string | null;
  traceId: string | null;
  details: unknown;
  prevHash: Bytes;
  hash: Bytes;
  /** Of an entry for a batch. */
  leaves: Bytes | null;
}

/** Where the chain ended at a moment, as it was written off the database. */
export interface Proof {
  at: Date;
  sequence: bigint;
  hash: string;
}

/** Where the chain ends according to its head. */
export interface Head {
  sequence: bigint;
  hash: string;
}

/** What rows of the chain were hashed under. */
export interface ChainKey {
  key: Uint8Array;
  /** An earlier one: no row after this one can be its. Undefined where that is not known yet. */
  upTo?: bigint | undefined;
}

interface WalkOptions {
  keys: readonly ChainKey[];
  head: Head;
  pruning: Pruning | undefined;
  proofs: readonly Proof[];
}

/**
 * Checks the rows of one chain in order: `step` for each row, then `end`. Both return the first fault. Works on what it
 * is given, without a database.
 */
export class ChainWalk {
  readonly #keys: readonly ChainKey[];
  readonly #head: Head;
  /** The newest row that retention removed. */
  readonly #prunedTo: bigint;
  /** Rows before it that must still exist, in order. */
  readonly #remaining: bigint[];
  readonly #proofs = new Map<bigint, Proof>();
  /** The row that the next one must continue. */
  #last: { sequence: bigint; hash: Uint8Array };
  /** The last row seen before `#prunedTo`. */
  #before: { sequence: bigint; hash: Uint8Array } | undefined;

  constructor({ keys, head, pruning, proofs }: WalkOptions) {
    this.#keys = keys;
    this.#head = head;
    this.#prunedTo = pruning?.upTo ?? 0n;
    this.#remaining = [...(pruning?.remaining ?? [])];
    this.#last = { sequence: this.#prunedTo, hash: pruning?.lastHash ?? new Uint8Array() };
    for (const proof of proofs) this.#proofs.set(proof.sequence, proof);
  }

  step(row: ChainRow): ChainFault | undefined {
    return this.#faultOf(row) ?? this.#againstProof(row.sequence, Buffer.from(row.hash).toString("hex"));
  }

  #faultOf(row: ChainRow): ChainFault | undefined {
    if (row.sequence < 1n) return faultAt("inserted", row, "it lies before the chain's beginning");
    if (row.sequence === this.#last.sequence || row.sequence === this.#before?.sequence) {
      return row.sequence === this.#prunedTo
        ? faultAt("inserted", row, "it was pruned before")
        : faultAt("inserted", row, `a second row stands at ${row.sequence}`);
    }
    if (!isIntact(row, this.#keys)) {
      const position = positionOf(row, this.#keys);
      if (position !== undefined) return faultAt("reordered", row, `this row belongs at ${position}`);
      return faultAt("changed", row, "its content is not what was written, or it was not written by us");
    }
    return row.sequence <= this.#prunedTo ? this.#beforePruning(row) : this.#afterPruning(row);
  }

  /**
   * Retention drops whole weeks, and rows around a week's border are numbered slightly out of order. The pruning names
   * the rows that remain.
   */
  #beforePruning(row: ChainRow): ChainFault | undefined {
    const due = this.#remaining.shift();
    if (due !== undefined && due < row.sequence) return removed(due, due, row);
    if (due !== row.sequence) return faultAt("inserted", row, "it was pruned before");
    if (this.#before?.sequence === row.sequence - 1n && !constantTimeEqual(row.prevHash, this.#before.hash)) {
      return faultAt("inserted", row, "it does not continue the row before it");
    }
    this.#before = row;
    return undefined;
  }

  #afterPruning(row: ChainRow): ChainFault | undefined {
    const [due] = this.#remaining;
    if (due !== undefined) return removed(due, due, row);
    const expected = this.#last.sequence + 1n;
    if (row.sequence !== expected) return removed(expected, row.sequence - 1n, row);
    if (!constantTimeEqual(row.prevHash, this.#last.hash)) {
      return faultAt("inserted", row, "it does not continue the row before it");
    }
    this.#last = row;
    return undefined;
  }

  #againstProof(sequence: bigint, hash: string): ChainFault | undefined {
    const proof = this.#proofs.get(sequence);
    if (proof === undefined || proof.hash === hash) return undefined;
    return {
      kind: "replaced",
      sequence,
      id: null,
      message: `it is not the row that ended the chain at ${proof.at.toISOString()}`,
    };
  }

  /** After the last row: whether the chain reaches its head and every proof. */
  end(): ChainFault | undefined {
    const [due] = this.#remaining;
    const reached = this.#last.sequence;
    if (due !== undefined) return missingAtEnd(due, due, "");
    if (reached < this.#head.sequence) return missingAtEnd(reached + 1n, this.#head.sequence, "");
    if (this.#head.sequence > 0n && !sameHash(this.#head.hash, this.#last.hash)) {
      return {
        kind: "head",
        sequence: reached,
        id: null,
        message: "the chain's head is not this last row's",
      };
    }
    const farthest = [...this.#proofs.values()].reduce<Proof | undefined>(
      (far, proof) => (far === undefined || proof.sequence > far.sequence ? proof : far),
      undefined,
    );
    if (farthest !== undefined && farthest.sequence > reached) {
      const when = `; the last of them stood at ${farthest.at.toISOString()}`;
      return missingAtEnd(reached + 1n, farthest.sequence, when);
    }
    return undefined;
  }
}

export function faultAt(
  kind: FaultKind,
  row: Pick<ChainRow, "sequence" | "id">,
  message: string,
): ChainFault {
  return { kind, sequence: row.sequence, id: toPublicId("aud", row.id), message };
}

export function sameHash(hex: string, hash: Uint8Array): boolean {
  return constantTimeEqual(Buffer.from(hex, "hex"), hash);
}

function removed(from: bigint, to: bigint, before: ChainRow): ChainFault {
  const rows = from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
  const message = `${rows} missing before ${toPublicId("aud", before.id)}`;
  return { kind: "removed", sequence: from, id: null, message };
}

function missingAtEnd(from: bigint, to: bigint, when: string): ChainFault {
  const rows = from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
  return { kind: "truncated", sequence: from, id: null, message: `${rows} missing at the end${when}` };
}

function isIntact(row: ChainRow, keys: readonly ChainKey[]): boolean {
  return keys.some(
    ({ key, upTo }) =>
      (upTo === undefined || row.sequence <= upTo) && constantTimeEqual(chainHash(row, key), row.hash),
  );
}

/** The position at which the row's hash is right, if there is one nearby. */
function positionOf(row: ChainRow, keys: readonly ChainKey[]): bigint | undefined {
  for (let distance = 1n; distance <= MOVED_WITHIN; distance += 1n) {
    for (const sequence of [row.sequence - distance, row.sequence + distance]) {
      if (isIntact({ ...row, sequence }, keys)) return sequence;
    }
  }
  return undefined;
}
