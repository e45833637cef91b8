import { type Db, newId } from "../../../platform";
import { sha256 } from "../../../platform/crypto/hash";
import { createSigner } from "../../../platform/crypto/signer";
import { Prisma } from "../../../platform/db/client";
import type { Storage } from "../../../platform/storage";
import { SYSTEM_CHAIN } from "../../record/chain-hash";
import { objectOf, pack } from "../objects/archive-object";
import { callLine, digestOfCalls, digestOfEntries, entryLine } from "../objects/archived-rows";
import { canonicalManifest, type Manifest, manifestColumns } from "../objects/manifest";
import { openCalls, openEntries } from "../objects/open-archive";
import { assertCallsIntact, assertEntriesIntact } from "./assert-intact";
import { nextCalls, nextEntries } from "./rows-of-week";
import { KEPT_YEARS, type ObjectLimits, type Week } from "./week";

export interface ChainOfWeek {
  week: Week;
  chain: string;
}

interface Work {
  store: Pick<Storage, "get" | "put">;
  signal: AbortSignal;
  limits: ObjectLimits;
  /** The store can lock objects: then they are, until their week is seven years old. */
  locked: boolean;
}

export async function chainsOf(db: Db, { source, since, until }: Week): Promise<string[]> {
  const rows = await db.$queryRaw<{ chain: string }[]>`
    SELECT DISTINCT coalesce(org_id::text, ${SYSTEM_CHAIN}) AS chain FROM ${Prisma.raw(source)}
    WHERE created_at >= ${since.toISOString()}::timestamptz AND created_at < ${until.toISOString()}::timestamptz
    ORDER BY 1`;
  return rows.map(({ chain }) => chain);
}

/** Writes what a chain has in a week: goes on behind the objects that were noted, once each of them was read again. */
export async function archiveChain(db: Db, at: ChainOfWeek, work: Work): Promise<void> {
  const noted = await db.$queryRaw<Manifest[]>`
    SELECT ${manifestColumns} FROM audit_archives a
    WHERE a.chain_id = ${at.chain} AND a.source = ${at.week.source} AND a.partition = ${at.week.name} ORDER BY a.part`;
  for (const manifest of noted) await readBack(manifest, work);
  let last = noted.at(-1);
  while (!work.signal.aborted) {
    const next = await nextObject(db, at, last, work.limits);
    if (next === undefined) return;
    last = await store(db, next, at, work);
  }
}

interface NextObject {
  lines: string[];
  described: Omit<Manifest, "objectDigest" | "bytes" | "signature">;
}

async function nextObject(
  db: Db,
  { week, chain }: ChainOfWeek,
  last: Manifest | undefined,
  limits: ObjectLimits,
): Promise<NextObject | undefined> {
  const now = new Date();
  const common = {
    id: newId(now),
    chainId: chain,
    source: week.source,
    partition: week.name,
    part: (last?.part ?? 0) + 1,
    archivedAt: now,
  };
  if (week.source === "audit_logs") {
    const { rows, remaining } = await nextEntries(
      db,
      { week, chain, after: last?.lastSequence ?? 0n },
      limits,
    );
    const [first, newest] = [rows[0], rows.at(-1)];
    if (first === undefined || newest === undefined) return undefined;
    assertEntriesIntact(rows);
    return {
      lines: rows.map(entryLine),
      described: {
        ...common,
        ...rangeOf(rows),
        firstPrevHash: first.prevHash,
        lastHash: newest.hash,
        remaining,
        rowsDigest: digestOfEntries(rows),
      },
    };
  }
  const after = last && { createdAt: last.lastAt, id: last.lastId };
  const rows = await nextCalls(db, { week, chain, after }, limits);
  if (rows.length === 0) return undefined;
  await assertCallsIntact(db, chain, rows);
  const none = new Uint8Array();
  return {
    lines: rows.map(callLine),
    described: {
      ...common,
      ...rangeOf(rows),
      firstPrevHash: none,
      lastHash: none,
      remaining: [],
      rowsDigest: digestOfCalls(rows),
    },
  };
}

function rangeOf(rows: readonly { id: string; createdAt: Date; sequence: bigint }[]) {
  const [first, last] = [rows[0], rows.at(-1)];
  if (first === undefined || last === undefined) throw new Error("an archive has rows");
  let [firstSequence, lastSequence] = [first.sequence, first.sequence];
  let [firstAt, lastAt] = [first.createdAt, first.createdAt];
  for (const { sequence, createdAt } of rows) {
    if (sequence < firstSequence) firstSequence = sequence;
    if (sequence > lastSequence) lastSequence = sequence;
    if (createdAt < firstAt) firstAt = createdAt;
    if (createdAt > lastAt) lastAt = createdAt;
  }
  return {
    rows: rows.length,
    firstSequence,
    lastSequence,
    firstAt,
    lastAt,
    firstId: first.id,
    lastId: last.id,
  };
}

/** Written, read back, noted: in this order, so that a note stands for an object that could be read. */
async function store(
  db: Db,
  { lines, described }: NextObject,
  { week }: ChainOfWeek,
  work: Work,
): Promise<Manifest> {
  const body = await pack(described, lines);
  const lockedUntil = new Date(week.until);
  lockedUntil.setUTCFullYear(lockedUntil.getUTCFullYear() + KEPT_YEARS);
  await work.store.put(objectOf(described), body, {
    contentType: "application/octet-stream",
    // A week of more than seven years is past its lock.
    lockedUntil: work.locked && lockedUntil > new Date() ? lockedUntil : undefined,
  });
  const unsigned = { ...described, objectDigest: sha256(body), bytes: BigInt(body.byteLength) };
  const signature = createSigner("audit-archive").sign(canonicalManifest(unsigned));
  const manifest: Manifest = { ...unsigned, signature };
  await readBack(manifest, work);
  await db.auditArchive.create({ data: manifest });
  return manifest;
}

/** @throws ArchiveFault where the object does not hold what its note says. */
async function readBack(manifest: Manifest, { store }: Pick<Work, "store">): Promise<void> {
  const read = manifest.source === "audit_logs" ? openEntries : openCalls;
  await read(manifest, { store });
}
