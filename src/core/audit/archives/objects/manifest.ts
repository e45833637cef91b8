import type { DbOrTx } from "../../../platform";
import type { Bytes } from "../../../platform/crypto/hash";
import type { Signer } from "../../../platform/crypto/signer";
import { Prisma } from "../../../platform/db/client";

/** The table whose rows an object holds. */
export type ArchiveSource = "audit_logs" | "audit_calls";

/** What an archive object holds: rows of one chain and one week, in their order. A row of `audit_archives`. */
export interface Manifest {
  id: string;
  chainId: string;
  source: ArchiveSource;
  /** The week's partition. */
  partition: string;
  /** 1 for the first object of the chain's week. */
  part: number;
  rows: number;
  /** Of calls: those of their batches. */
  firstSequence: bigint;
  lastSequence: bigint;
  firstAt: Date;
  lastAt: Date;
  firstId: string;
  lastId: string;
  /** The hash that the first row continues; empty for calls. */
  firstPrevHash: Bytes;
  /** The hash that is continued after the last row; empty for calls. */
  lastHash: Bytes;
  /** Rows before the last one that belong to a later week, in the database when this one was archived. */
  remaining: bigint[];
  rowsDigest: Bytes;
  /** SHA-256 of the object as it is stored. */
  objectDigest: Bytes;
  bytes: bigint;
  archivedAt: Date;
  signature: Bytes;
}

const FORM = "agathaai-audit-archive-1";

/** The text that is signed: a JSON array of fixed length and order. */
export function canonicalManifest(manifest: Omit<Manifest, "signature">): string {
  return JSON.stringify([
    FORM,
    manifest.id,
    manifest.chainId,
    manifest.source,
    manifest.partition,
    manifest.part,
    manifest.rows,
    String(manifest.firstSequence),
    String(manifest.lastSequence),
    manifest.firstAt.toISOString(),
    manifest.lastAt.toISOString(),
    manifest.firstId,
    manifest.lastId,
    base64(manifest.firstPrevHash),
    base64(manifest.lastHash),
    manifest.remaining.map(String),
    base64(manifest.rowsDigest),
    base64(manifest.objectDigest),
    String(manifest.bytes),
    manifest.archivedAt.toISOString(),
  ]);
}

export function isOurs({ signature, ...manifest }: Manifest, signer: Signer): boolean {
  return signer.verify(canonicalManifest(manifest), signature);
}

export interface MovedFilter {
  chain: string;
  source: ArchiveSource;
  /** Only objects that reach beyond this entry of the chain. */
  afterSequence?: bigint;
  /** Only objects with rows from then on, or before then. */
  from?: Date | undefined;
  to?: Date | undefined;
}

/**
 * The objects of weeks that have left the database, oldest first. Of a week that is still in it, objects are no part of the log yet.
 */
export async function readMoved(
  db: DbOrTx,
  { chain, source, afterSequence, from, to }: MovedFilter,
): Promise<Manifest[]> {
  const conditions = [
    Prisma.sql`a.chain_id = ${chain} AND a.source = ${source}`,
    afterSequence === undefined
      ? Prisma.empty
      : Prisma.sql`AND a.last_sequence > ${String(afterSequence)}::bigint`,
    from === undefined ? Prisma.empty : Prisma.sql`AND a.last_at >= ${from.toISOString()}::timestamptz`,
    to === undefined ? Prisma.empty : Prisma.sql`AND a.first_at < ${to.toISOString()}::timestamptz`,
  ];
  return await db.$queryRaw<Manifest[]>`
    SELECT ${manifestColumns} FROM audit_archives a JOIN audit_moved_weeks w ON w.partition = a.partition
    WHERE ${Prisma.join(conditions, " ")}
    ORDER BY a.partition, a.part`;
}

export const manifestColumns = Prisma.sql`a.id, a.chain_id AS "chainId", a.source, a.partition, a.part, a.rows,
  a.first_sequence AS "firstSequence", a.last_sequence AS "lastSequence", a.first_at AS "firstAt", a.last_at AS "lastAt",
  a.first_id AS "firstId", a.last_id AS "lastId", a.first_prev_hash AS "firstPrevHash", a.last_hash AS "lastHash", a.remaining,
  a.rows_digest AS "rowsDigest", a.object_digest AS "objectDigest", a.bytes, a.archived_at AS "archivedAt", a.signature`;

/** The week in a partition's name, by which weeks of both tables are in order. */
export function weekOf(partition: string): string {
  return partition.replace(/^audit_(?:logs|calls)_/, "");
}

/** Which weeks of the log are in objects only: the end of the newest of them. Undefined while none is. */
export async function movedUntil(db: DbOrTx): Promise<Date | undefined> {
  const [row] = await db.$queryRaw<{ until: Date | null }[]>`
    SELECT max(until) AS until FROM audit_moved_weeks WHERE source = 'audit_logs'`;
  return row?.until ?? undefined;
}

/** The same for an answer: where lists and reports end. */
export async function reachesBackTo(db: DbOrTx): Promise<string | null> {
  return (await movedUntil(db))?.toISOString() ?? null;
}

function base64(bytes: Uint8Array): string {
  return Buffer.from(bytes).toString("base64url");
}
