import type { Bytes } from "../../platform/crypto/hash";
import { constantTimeEqual } from "../../platform/crypto/hash";
import { createSigner } from "../../platform/crypto/signer";
import { type Db, Prisma } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import type { HeadsDocument } from "../heads/heads-document";
import { type Pruning, readPrunings } from "../heads/pruning";
import { chainHash, chainKeyOf, chainOf, SYSTEM_CHAIN } from "../record/chain-hash";

const ROWS_A_PAGE = 2_000;
/** How far from its place a row is looked for before it counts as changed rather than moved. */
const MOVED_WITHIN = 1_000n;
/** SPEC §4.3; the database holds the same for dropping (`partitions.retention`). */
const KEPT_YEARS = 7;

export type ChainFault =
  /** The row's content is not what was hashed. */
  | "changed"
  /** Rows are missing before this one. */
  | "removed"
  /** The row was not written by us, or stands twice. */
  | "inserted"
  /** The row is whole but belongs elsewhere. */
  | "reordered"
  /** The newest rows are missing. */
  | "truncated"
  /** The chain's head is missing or is not the last row's. */
  | "head"
  /** It is not what was written off the database: another history stands in its place. */
  | "replaced"
  /** What says that old rows were pruned was not written by us, or they were too young. */
  | "pruning";

export interface ChainReport {
  chain: string;
  /** Rows found good. */
  rows: number;
  /** Heads written off the database that this chain was compared with. */
  proofs: number;
  /** Where the chain ends by its head. */
  head: { sequence: bigint; hash: string };
  fault: { kind: ChainFault; sequence: bigint; id: string | null; message: string } | undefined;
}

interface Row {
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
}

/** Every chain that has a head, a row or a note, or once had a head that was written off the database. */
export async function listAuditChains(db: Db, heads: readonly HeadsDocument[] = []): Promise<string[]> {
  const rows = await db.$queryRaw<{ chain: string }[]>`
    SELECT chain_id AS chain FROM audit_chains
    UNION SELECT chain_id FROM audit_prunings
    UNION SELECT DISTINCT coalesce(org_id::text, ${SYSTEM_CHAIN}) FROM audit_logs`;
  const written = heads.flatMap((document) => document.heads.map(({ chain }) => chain));
  return [...new Set([...rows.map(({ chain }) => chain), ...written])].sort();
}

interface VerifyOptions {
  orgId: string | null;
  /** `BLIND_INDEX_KEY`, unless the environment's. */
  secret?: Uint8Array;
  /**
   * What was written off the database, read before this is called. Without it nobody can tell an end that was cut off,
   * or an older database, from one that is whole.
   */
  heads?: readonly HeadsDocument[];
}

/**
 * Walks one chain from its first row to its head, a page at a time, and stops at the first bad row. Writers may go on
 * meanwhile: what they append after the walk began is left for the next.
 */
export async function verifyAuditChain(db: Db, options: VerifyOptions): Promise<ChainReport> {
  const { orgId, secret, heads = [] } = options;
  const chain = chainOf(orgId);
  const proofs = proofsOf(chain, heads);
  const head = await db.auditChain.findUnique({ where: { chainId: chain } });
  const { last: pruning, forged } = await readPrunings(db, chain, createSigner("audit-pruning", secret));
  const report: ChainReport = {
    chain,
    rows: 0,
    proofs: proofs.length,
    head: { sequence: head?.sequence ?? 0n, hash: Buffer.from(head?.hash ?? []).toString("hex") },
    fault: undefined,
  };
  if (forged !== undefined) report.fault = forgedPruning(forged);
  report.fault ??= pruning && (tooYoung(pruning, proofs) ?? otherRowPruned(pruning, proofs));
  if (report.fault !== undefined) return report;
  const walk = new Walk({ key: chainKeyOf(secret), head: report.head, pruning, proofs });
  for await (const row of rowsOf(db, orgId, report.head.sequence)) {
    report.fault = walk.step(row);
    if (report.fault?.kind === "changed" && (await hasTwin(db, row))) {
      report.fault = faultAt("inserted", row, "it was not written by us; the genuine row stands beside it");
    }
    if (report.fault !== undefined) return report;
    report.rows += 1;
  }
  report.fault = walk.end() ?? (await findBeyondHead(db, orgId));
  return report;
}

/** Where the chain ended at a moment, as it was written off the database. */
interface Proof {
  at: Date;
  sequence: bigint;
  hash: string;
}

function proofsOf(chain: string, documents: readonly HeadsDocument[]): Proof[] {
  return documents.flatMap(({ at, heads }) =>
    heads.flatMap((head) => (head.chain === chain ? [{ at, sequence: head.sequence, hash: head.hash }] : [])),
  );
}

function forgedPruning({ upTo }: Pruning): Fault {
  return {
    kind: "pruning",
    sequence: upTo,
    id: null,
    message: `the note that rows up to ${upTo} were pruned was not signed by us`,
  };
}

/** Rows are kept for seven years: what was not there yet seven years before the pruning was too young for it. */
function tooYoung({ upTo, prunedAt }: Pruning, proofs: readonly Proof[]): Fault {
  const keptSince = new Date(prunedAt);
  keptSince.setUTCFullYear(keptSince.getUTCFullYear() - KEPT_YEARS);
  const later = proofs.find(({ at, sequence }) => at > keptSince && sequence < upTo);
  return (
    later && {
      kind: "pruning",
      sequence: upTo,
      id: null,
      message: `rows up to ${upTo} were pruned, and the chain ended at ${later.sequence} only at ${later.at.toISOString()}`,
    }
  );
}

type Fault = ChainReport["fault"];

function otherRowPruned({ upTo, lastHash }: Pruning, proofs: readonly Proof[]): Fault {
  const proof = proofs.find(({ sequence }) => sequence === upTo);
  if (proof === undefined || sameHash(proof.hash, lastHash)) return undefined;
  const message = `the row that was pruned is not the one that ended the chain at ${proof.at.toISOString()}`;
  return { kind: "replaced", sequence: upTo, id: null, message };
}

interface WalkOptions {
  key: Uint8Array;
  head: ChainReport["head"];
  pruning: Pruning | undefined;
  proofs: readonly Proof[];
}

class Walk {
  readonly #key: Uint8Array;
  readonly #head: ChainReport["head"];
  /** The newest row that retention took. */
  readonly #prunedTo: bigint;
  /** Rows before it that must stand, in order. */
  readonly #remaining: bigint[];
  readonly #proofs = new Map<bigint, Proof>();
  /** What the next row continues. */
  #last: { sequence: bigint; hash: Uint8Array };
  #before: { sequence: bigint; hash: Uint8Array } | undefined;

  constructor({ key, head, pruning, proofs }: WalkOptions) {
    this.#key = key;
    this.#head = head;
    this.#prunedTo = pruning?.upTo ?? 0n;
    this.#remaining = [...(pruning?.remaining ?? [])];
    this.#last = { sequence: this.#prunedTo, hash: pruning?.lastHash ?? new Uint8Array() };
    for (const proof of proofs) this.#proofs.set(proof.sequence, proof);
  }

  step(row: Row): Fault {
    return this.#faultOf(row) ?? this.#againstProof(row.sequence, Buffer.from(row.hash).toString("hex"));
  }

  #faultOf(row: Row): Fault {
    if (row.sequence < 1n) return faultAt("inserted", row, "it lies before the chain's beginning");
    if (row.sequence === this.#last.sequence || row.sequence === this.#before?.sequence) {
      return row.sequence === this.#prunedTo
        ? faultAt("inserted", row, "it was pruned before")
        : faultAt("inserted", row, `a second row stands at ${row.sequence}`);
    }
    if (!isWhole(row, this.#key)) {
      const place = placeOf(row, this.#key);
      if (place !== undefined) return faultAt("reordered", row, `this row belongs at ${place}`);
      return faultAt("changed", row, "its content is not what was written, or it was not written by us");
    }
    return row.sequence <= this.#prunedTo ? this.#beforePruning(row) : this.#afterPruning(row);
  }

  /** Retention drops whole weeks, and rows at a border are numbered a little out of order: which stand is noted. */
  #beforePruning(row: Row): Fault {
    const due = this.#remaining.shift();
    if (due !== undefined && due < row.sequence) return removed(due, due, row);
    if (due !== row.sequence) return faultAt("inserted", row, "it was pruned before");
    if (this.#before?.sequence === row.sequence - 1n && !constantTimeEqual(row.prevHash, this.#before.hash)) {
      return faultAt("inserted", row, "it does not continue the row before it");
    }
    this.#before = row;
    return undefined;
  }

  #afterPruning(row: Row): Fault {
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

  #againstProof(sequence: bigint, hash: string): Fault {
    const proof = this.#proofs.get(sequence);
    if (proof === undefined || proof.hash === hash) return undefined;
    return {
      kind: "replaced",
      sequence,
      id: null,
      message: `it is not the row that ended the chain at ${proof.at.toISOString()}`,
    };
  }

  end(): Fault {
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

function removed(from: bigint, to: bigint, before: Row): Fault {
  const rows = from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
  return { kind: "removed", sequence: from, id: null, message: `${rows} missing before ${nameOf(before)}` };
}

function missingAtEnd(from: bigint, to: bigint, when: string): Fault {
  const rows = from === to ? `row ${from} is` : `rows ${from} to ${to} are`;
  return { kind: "truncated", sequence: from, id: null, message: `${rows} missing at the end${when}` };
}

function sameHash(hex: string, hash: Uint8Array): boolean {
  return constantTimeEqual(Buffer.from(hex, "hex"), hash);
}

/** One statement, one snapshot: a row and the head that counts it come into sight together. */
async function findBeyondHead(db: Db, orgId: string | null): Promise<Fault> {
  const [row] = await db.$queryRaw<{ id: string; sequence: bigint; headless: boolean }[]>`
    SELECT a.id, a.sequence, c.chain_id IS NULL AS headless
    FROM audit_logs a
    LEFT JOIN audit_chains c ON c.chain_id = ${chainOf(orgId)}
    WHERE ${inChain(orgId)} AND (c.sequence IS NULL OR a.sequence > c.sequence OR a.sequence < 1)
    ORDER BY a.sequence, a.created_at, a.id
    LIMIT 1`;
  if (row === undefined) return undefined;
  return row.headless
    ? faultAt("head", row, "the chain has rows but no head")
    : faultAt("inserted", row, "it lies beyond the chain's head");
}

async function* rowsOf(db: Db, orgId: string | null, upTo: bigint): AsyncGenerator<Row> {
  let after = { sequence: 0n, createdAt: new Date(0), id: "00000000-0000-0000-0000-000000000000" };
  let page: Row[];
  do {
    page = await db.$queryRaw<Row[]>`
      SELECT id, created_at AS "createdAt", org_id AS "orgId", sequence, actor_type AS "actorType",
        actor_id AS "actorId", action, target_type AS "targetType", target_id AS "targetId", trace_id AS "traceId",
        details, prev_hash AS "prevHash", hash
      FROM audit_logs a
      WHERE ${inChain(orgId)} AND sequence >= ${after.sequence}::bigint AND sequence <= ${upTo}::bigint
        AND (sequence, created_at, id)
          > (${after.sequence}::bigint, ${after.createdAt.toISOString()}::timestamptz, ${after.id}::uuid)
      ORDER BY sequence, created_at, id
      LIMIT ${ROWS_A_PAGE}::int`;
    yield* page;
    after = page.at(-1) ?? after;
  } while (page.length === ROWS_A_PAGE);
}

function inChain(orgId: string | null): Prisma.Sql {
  return orgId === null ? Prisma.sql`a.org_id IS NULL` : Prisma.sql`a.org_id = ${orgId}::uuid`;
}

async function hasTwin(db: Db, { orgId, sequence }: Row): Promise<boolean> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM audit_logs a WHERE ${inChain(orgId)} AND sequence = ${sequence}::bigint LIMIT 2`;
  return rows.length > 1;
}

function isWhole(row: Row, key: Uint8Array): boolean {
  return constantTimeEqual(chainHash(row, key), row.hash);
}

function placeOf(row: Row, key: Uint8Array): bigint | undefined {
  for (let distance = 1n; distance <= MOVED_WITHIN; distance += 1n) {
    for (const sequence of [row.sequence - distance, row.sequence + distance]) {
      if (isWhole({ ...row, sequence }, key)) return sequence;
    }
  }
  return undefined;
}

function faultAt(kind: ChainFault, row: Pick<Row, "sequence" | "id">, message: string): Fault {
  return { kind, sequence: row.sequence, id: toPublicId("aud", row.id), message };
}

function nameOf({ id }: Pick<Row, "id">): string {
  return toPublicId("aud", id);
}
