import type { Db } from "../../platform";
import type { Secrets } from "../../platform/crypto/keyed-hash";
import { createSigner } from "../../platform/crypto/signer";
import { Prisma } from "../../platform/db/client";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { ArchivedCalls, entriesOf, merged } from "../archives/archived-chain";
import { checkMovedWeek } from "../archives/check-moved-week";
import { type Manifest, readMoved, weekOf } from "../archives/objects/manifest";
import { ArchiveFault } from "../archives/objects/open-archive";
import { BATCH_OF_LEDGER_ROWS } from "../batches/batch";
import type { HeadsDocument } from "../heads/heads-document";
import { type Pruning, readPrunings } from "../heads/pruning";
import { chainOf, SYSTEM_CHAIN } from "../record/chain-hash";
import { chainKeys } from "./chain-keys";
import {
  type ChainFault,
  type ChainRow,
  ChainWalk,
  faultAt,
  type Head,
  type Proof,
  sameHash,
} from "./chain-walk";
import { checkBatch, findOutsideBatches, keptSince, type LedgerCount } from "./check-batch";

const ROWS_A_PAGE = 2_000;

export interface ChainReport {
  chain: string;
  /** Rows found intact. */
  rows: number;
  /** Of them, those that are in archive objects. */
  archived: number;
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
    UNION SELECT chain_id FROM audit_archives
    UNION SELECT DISTINCT coalesce(org_id::text, ${SYSTEM_CHAIN}) FROM audit_logs`;
  const written = heads.flatMap((document) => document.heads.map(({ chain }) => chain));
  return [...new Set([...rows.map(({ chain }) => chain), ...written])].sort();
}

interface VerifyOptions {
  orgId: string | null;
  /** Overrides `DERIVATION_KEY` of the environment, and those before it. */
  secret?: Secrets;
  /**
   * The heads written off the database, read before this call. Without them a chain whose end was cut off, or one of an
   * older database, looks like a complete one.
   */
  heads?: readonly HeadsDocument[];
  /** Where the objects of moved weeks are. */
  archives?: Pick<Storage, "get">;
}

/**
 * Reads one chain from its first row to its head, page by page, and stops at the first fault: weeks that were moved from their objects, and on
 * over the border into the table. Writers may continue: rows appended after the start are left for the next run.
 */
export async function verifyAuditChain(db: Db, options: VerifyOptions): Promise<ChainReport> {
  for (;;) {
    const moved = await readMoved(db, { chain: chainOf(options.orgId), source: "audit_logs" });
    const report = await verifyOnce(db, options, moved);
    if (report.fault === undefined) return report;
    // A week that is moved during the reading is in neither place for it.
    const since = await readMoved(db, { chain: chainOf(options.orgId), source: "audit_logs" });
    if (since.length === moved.length) return report;
  }
}

async function verifyOnce(db: Db, options: VerifyOptions, moved: readonly Manifest[]): Promise<ChainReport> {
  const { orgId, secret, heads = [] } = options;
  const chain = chainOf(orgId);
  const proofs = proofsOf(chain, heads);
  const head = await db.auditChain.findUnique({ where: { chainId: chain } });
  const { last: pruning, forged } = await readPrunings(db, chain, createSigner("audit-pruning", secret));
  const report: ChainReport = {
    chain,
    rows: 0,
    archived: 0,
    proofs: proofs.length,
    head: { sequence: head?.sequence ?? 0n, hash: Buffer.from(head?.hash ?? []).toString("hex") },
    fault: undefined,
  };
  if (forged !== undefined) report.fault = forgedPruning(forged);
  report.fault ??= pruning && (tooYoung(pruning, proofs) ?? otherRowPruned(pruning, proofs));
  if (report.fault !== undefined) return report;
  const keys = chainKeys(chain, heads, secret);
  const walk = new ChainWalk({ keys, head: report.head, pruning, proofs });
  try {
    report.fault = await walkChain(db, { ...options, moved, pruning, walk, report });
  } catch (error) {
    if (!(error instanceof ArchiveFault)) throw error;
    report.fault = error.fault;
  }
  return report;
}

interface WalkedChain extends VerifyOptions {
  moved: readonly Manifest[];
  pruning: Pruning | undefined;
  walk: ChainWalk;
  /** Its rows are counted. */
  report: ChainReport;
}

async function walkChain(
  db: Db,
  { orgId, secret, archives, moved, pruning, walk, report }: WalkedChain,
): Promise<ChainFault | undefined> {
  const store = { get: (key: string) => (archives ?? evidenceStorage()).get(key) };
  const reader = { store, secret };
  const calls = await readMoved(db, { chain: report.chain, source: "audit_calls" });
  const archived = new ArchivedCalls(unpruned(calls, pruning), reader);
  const inObjects = new Set<string>();
  let ledger: LedgerCount | undefined;
  const rows = merged(
    marked(entriesOf(unpruned(moved, pruning), reader), inObjects),
    rowsOf(db, orgId, report.head.sequence),
  );
  for await (const row of rows) {
    const fault = walk.step(row);
    if (fault?.kind === "changed" && (await hasTwin(db, row)))
      return faultAt("inserted", row, "it was not written by us; the genuine row stands beside it");
    if (fault !== undefined) return fault;
    const isArchived = inObjects.delete(row.id);
    if (isArchived && row.action === BATCH_OF_LEDGER_ROWS) ledger ??= { since: row.createdAt, rows: 0n };
    const ofBatch =
      (await checkBatch(db, row, { archived, ledger: isArchived ? ledger : undefined })) ??
      (await checkMovedWeek(db, row));
    if (ofBatch !== undefined) return ofBatch;
    report.rows += 1;
    if (isArchived) report.archived += 1;
  }
  return walk.end() ?? (await findBeyondHead(db, orgId)) ?? (await findOutsideBatches(db, orgId, ledger));
}

/** Weeks that retention has ended are not read, whether or not their objects are gone yet. */
function unpruned(moved: readonly Manifest[], pruning: Pruning | undefined): Manifest[] {
  return moved.filter(
    ({ partition }) => pruning === undefined || weekOf(partition) > weekOf(pruning.partition),
  );
}

async function* marked(
  rows: AsyncGenerator<ChainRow, void>,
  ids: Set<string>,
): AsyncGenerator<ChainRow, void> {
  for await (const row of rows) {
    ids.add(row.id);
    yield row;
  }
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

async function* rowsOf(db: Db, orgId: string | null, upTo: bigint): AsyncGenerator<ChainRow, void> {
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
