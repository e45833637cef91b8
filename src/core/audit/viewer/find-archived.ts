import { type Db, type Reach, timeOfId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { Prisma } from "../../platform/db/client";
import { readMoved } from "../archives/objects/manifest";
import { type ArchiveReader, openCalls, openEntries } from "../archives/objects/open-archive";
import type { ChainRow } from "../verify/chain-walk";
import { recordsOf, recordsSql } from "./archived-entries";
import type { EntryRow } from "./entry-view";
import { environmentSql } from "./filter";
import { callsAsEntries } from "./read-entries";

interface FoundEntry extends EntryRow {
  prev_hash: Uint8Array;
  hash: Uint8Array;
  batch_id: string | null;
}

/** An entry or a call whose week was moved, by its ID. @throws ArchiveFault; AppError `service_unavailable`. */
export async function findArchivedEntry(
  db: Db,
  { orgId, environment, id }: Reach & { id: string },
  reader: ArchiveReader,
): Promise<FoundEntry | undefined> {
  const at = timeOfId(id);
  const near = { chain: orgId, from: at, to: new Date(at.getTime() + 1) };
  for (const manifest of await readMoved(db, { ...near, source: "audit_logs" })) {
    const entry = (await openEntries(manifest, reader)).find((row) => row.id === id);
    if (entry === undefined) continue;
    const [shown] = await asShown(db, { orgId, environment }, recordsOf([entry], []));
    return shown && { ...shown, prev_hash: entry.prevHash, hash: entry.hash, batch_id: null };
  }
  for (const manifest of await readMoved(db, { ...near, source: "audit_calls" })) {
    const call = (await openCalls(manifest, reader)).find((row) => row.id === id);
    if (call === undefined) continue;
    const [shown] = await asShown(db, { orgId, environment }, recordsOf([], [call]));
    const batch = await entryAt(db, { orgId, sequence: call.sequence }, reader);
    if (shown === undefined || batch === undefined) return undefined;
    return { ...shown, prev_hash: batch.prevHash, hash: batch.hash, batch_id: batch.id };
  }
  return undefined;
}

/** An entry by its place in the chain, wherever it is. */
async function entryAt(
  db: Db,
  { orgId, sequence }: { orgId: string; sequence: bigint },
  reader: ArchiveReader,
): Promise<Pick<ChainRow, "id" | "prevHash" | "hash"> | undefined> {
  const row = await db.auditLog.findFirst({
    where: { orgId, sequence },
    select: { id: true, prevHash: true, hash: true },
  });
  if (row !== null) return row;
  const moved = await readMoved(db, { chain: orgId, source: "audit_logs", afterSequence: sequence - 1n });
  for (const manifest of moved.filter(({ firstSequence }) => firstSequence <= sequence)) {
    const entry = (await openEntries(manifest, reader)).find((one) => one.sequence === sequence);
    if (entry !== undefined) return entry;
  }
  return undefined;
}

async function asShown(
  db: Db,
  { orgId, environment }: Pick<Reach, "orgId" | "environment">,
  records: ReturnType<typeof recordsOf>,
): Promise<EntryRow[]> {
  const columns = Prisma.sql`id, created_at, sequence, actor_type, actor_id, action, target_type, target_id, trace_id, details`;
  return await asOrganization(
    db,
    orgId,
    (tx) =>
      tx.$queryRaw<EntryRow[]>`WITH ${recordsSql(records)}
    SELECT * FROM (
      SELECT ${columns} FROM archived_logs UNION ALL SELECT ${columns} FROM ${callsAsEntries(Prisma.sql`archived_calls`)}
    ) e WHERE true ${environmentSql(environment)}`,
  );
}
