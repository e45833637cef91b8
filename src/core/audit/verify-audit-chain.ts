import type { Bytes } from "../platform/crypto/hash";
import { constantTimeEqual } from "../platform/crypto/hash";
import { type Db, Prisma } from "../platform/db";
import { toPublicId } from "../platform/ids";
import { chainHash, chainKeyOf, chainOf, SYSTEM_CHAIN } from "./chain-hash";

const ROWS_A_PAGE = 2_000;
/** How far from its place a row is looked for before it counts as changed rather than moved. */
const MOVED_WITHIN = 1_000n;

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
  | "head";

export interface ChainReport {
  chain: string;
  /** Rows found good. */
  rows: number;
  /** Where the chain ends by its head: kept elsewhere, it proves later that no end was cut off. */
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

/** Every chain that has a head or a row. */
export async function listAuditChains(db: Db): Promise<string[]> {
  const rows = await db.$queryRaw<{ chain: string }[]>`
    SELECT chain_id AS chain FROM audit_chains
    UNION SELECT DISTINCT coalesce(org_id::text, ${SYSTEM_CHAIN}) FROM audit_logs
    ORDER BY chain`;
  return rows.map(({ chain }) => chain);
}

/**
 * Walks one chain from its first row to its head, a page at a time, and stops at the first bad row. Writers may go on
 * meanwhile: what they append after the walk began is left for the next.
 */
export async function verifyAuditChain(
  db: Db,
  {
    orgId,
    secret,
  }: { orgId: string | null /** `BLIND_INDEX_KEY`, unless the environment's. */; secret?: Uint8Array },
): Promise<ChainReport> {
  const chain = chainOf(orgId);
  const head = await db.auditChain.findUnique({ where: { chainId: chain } });
  const report: ChainReport = {
    chain,
    rows: 0,
    head: { sequence: head?.sequence ?? 0n, hash: Buffer.from(head?.hash ?? []).toString("hex") },
    fault: undefined,
  };
  const walk = new Walk(chainKeyOf(secret), report.head.sequence, head?.prunedSequence ?? 0n);
  for await (const row of rowsOf(db, orgId, report.head.sequence)) {
    report.fault = walk.step(row);
    if (report.fault?.kind === "changed" && (await hasTwin(db, row))) {
      report.fault = faultAt("inserted", row, "it was not written by us; the genuine row stands beside it");
    }
    if (report.fault !== undefined) return report;
    report.rows += 1;
  }
  report.fault = walk.end(head?.hash) ?? (await findBeyondHead(db, orgId));
  return report;
}

type Fault = ChainReport["fault"];

class Walk {
  #last: Row | undefined;

  constructor(
    private readonly key: Uint8Array,
    private readonly headSequence: bigint,
    private readonly pruned: bigint,
  ) {}

  step(row: Row): Fault {
    const fault = this.#faultOf(row);
    this.#last = row;
    return fault;
  }

  #faultOf(row: Row): Fault {
    const last = this.#last;
    const expected = (last?.sequence ?? 0n) + 1n;
    if (row.sequence < 1n) return faultAt("inserted", row, "it lies before the chain's beginning");
    if (last !== undefined && row.sequence === last.sequence) {
      return faultAt("inserted", row, `a second row stands at ${row.sequence}`);
    }
    if (!isWhole(row, this.key)) {
      const place = placeOf(row, this.key);
      if (place !== undefined) return faultAt("reordered", row, `this row belongs at ${place}`);
      return faultAt("changed", row, "its content is not what was written, or it was not written by us");
    }
    // Retention drops whole weeks; what is left of the time around such a border need not be without gaps.
    const mayMiss = row.sequence <= this.pruned + 1n;
    if (row.sequence !== expected) {
      if (mayMiss) return undefined;
      const first = expected > this.pruned ? expected : this.pruned + 1n;
      return {
        kind: "removed",
        sequence: first,
        id: null,
        message: `rows ${first} to ${row.sequence - 1n} are missing before ${nameOf(row)}`,
      };
    }
    const before = last?.hash ?? new Uint8Array();
    if (!constantTimeEqual(row.prevHash, before)) {
      return faultAt("inserted", row, "it does not continue the row before it");
    }
    return undefined;
  }

  end(headHash: Uint8Array | undefined): Fault {
    const reached = this.#last?.sequence ?? this.pruned;
    if (reached < this.headSequence) {
      return {
        kind: "truncated",
        sequence: reached + 1n,
        id: null,
        message: `rows ${reached + 1n} to ${this.headSequence} are missing at the end`,
      };
    }
    if (headHash !== undefined && this.#last !== undefined && !constantTimeEqual(headHash, this.#last.hash)) {
      return faultAt("head", this.#last, "the chain's head is not this last row's");
    }
    return undefined;
  }
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
