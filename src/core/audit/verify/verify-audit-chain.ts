import type { Db } from "../../platform";
import { createSigner } from "../../platform/crypto/signer";
import { Prisma } from "../../platform/db/client";
import type { HeadsDocument } from "../heads/heads-document";
import { type Pruning, readPrunings } from "../heads/pruning";
import { chainKeyOf, chainOf, SYSTEM_CHAIN } from "../record/chain-hash";
import {
  type ChainFault,
  type ChainRow,
  ChainWalk,
  faultAt,
  type Head,
  type Proof,
  sameHash,
} from "./chain-walk";
import { checkBatch, findOutsideBatches, keptSince } from "./check-batch";

const ROWS_A_PAGE = 2_000;

export interface ChainReport {
  chain: string;
  /** Rows found intact. */
  rows: number;
  /** Heads written off the database that this chain was compared with. */
  proofs: number;
  head: Head;
  fault: ChainFault | undefined;
}

/** Every chain that has a head, a row or a pruning, or had a head that was written off the database. */
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
  /** Overrides `DERIVATION_KEY` of the environment. */
  secret?: Uint8Array;
  /**
   * The heads written off the database, read before this call. Without them a chain whose end was cut off, or one of an
   * older database, looks like a complete one.
   */
  heads?: readonly HeadsDocument[];
}

/**
 * Reads one chain from its first row to its head, page by page, and stops at the first fault. Writers may continue:
 * rows appended after the start are left for the next run.
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
  const walk = new ChainWalk({ key: chainKeyOf(secret), head: report.head, pruning, proofs });
  for await (const row of rowsOf(db, orgId, report.head.sequence)) {
    report.fault = walk.step(row);
    if (report.fault?.kind === "changed" && (await hasTwin(db, row))) {
      report.fault = faultAt("inserted", row, "it was not written by us; the genuine row stands beside it");
    }
    report.fault ??= await checkBatch(db, row);
    if (report.fault !== undefined) return report;
    report.rows += 1;
  }
  report.fault = walk.end() ?? (await findBeyondHead(db, orgId)) ?? (await findOutsideBatches(db, orgId));
  return report;
}

function proofsOf(chain: string, documents: readonly HeadsDocument[]): Proof[] {
  return documents.flatMap(({ at, heads }) =>
    heads.flatMap((head) => (head.chain === chain ? [{ at, sequence: head.sequence, hash: head.hash }] : [])),
  );
}

function forgedPruning({ upTo }: Pruning): ChainFault {
  return {
    kind: "pruning",
    sequence: upTo,
    id: null,
    message: `the note that rows up to ${upTo} were pruned was not signed by us`,
  };
}

/** Rows are kept for seven years. A proof from within those years that ends before `upTo` shows that the rows were younger. */
function tooYoung({ upTo, prunedAt }: Pruning, proofs: readonly Proof[]): ChainFault | undefined {
  const since = keptSince(prunedAt);
  const later = proofs.find(({ at, sequence }) => at > since && sequence < upTo);
  return (
    later && {
      kind: "pruning",
      sequence: upTo,
      id: null,
      message: `rows up to ${upTo} were pruned, and the chain ended at ${later.sequence} only at ${later.at.toISOString()}`,
    }
  );
}

function otherRowPruned({ upTo, lastHash }: Pruning, proofs: readonly Proof[]): ChainFault | undefined {
  const proof = proofs.find(({ sequence }) => sequence === upTo);
  if (proof === undefined || sameHash(proof.hash, lastHash)) return undefined;
  const message = `the row that was pruned is not the one that ended the chain at ${proof.at.toISOString()}`;
  return { kind: "replaced", sequence: upTo, id: null, message };
}

/** One statement, hence one snapshot: a row and the head that counts it become visible together. */
async function findBeyondHead(db: Db, orgId: string | null): Promise<ChainFault | undefined> {
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

async function* rowsOf(db: Db, orgId: string | null, upTo: bigint): AsyncGenerator<ChainRow> {
  let after = { sequence: 0n, createdAt: new Date(0), id: "00000000-0000-0000-0000-000000000000" };
  let page: ChainRow[];
  do {
    page = await db.$queryRaw<ChainRow[]>`
      SELECT id, created_at AS "createdAt", org_id AS "orgId", sequence, actor_type AS "actorType",
        actor_id AS "actorId", action, target_type AS "targetType", target_id AS "targetId", trace_id AS "traceId",
        details, prev_hash AS "prevHash", hash, leaves
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

async function hasTwin(db: Db, { orgId, sequence }: ChainRow): Promise<boolean> {
  const rows = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM audit_logs a WHERE ${inChain(orgId)} AND sequence = ${sequence}::bigint LIMIT 2`;
  return rows.length > 1;
}
