import type { Db } from "../../platform";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { SYSTEM_CHAIN } from "../record/chain-hash";
import type { ChainRow } from "../verify/chain-walk";
import type { PlacedCallRow } from "./objects/archived-rows";
import { type Manifest, readMoved } from "./objects/manifest";
import { type ArchiveReader, openCalls, openEntries } from "./objects/open-archive";

/** All entries and calls of an organization that were moved, an object at a time, for its export. @throws ArchiveFault. */
export async function* readAuditArchives(
  db: Db,
  orgId: string,
  { store = evidenceStorage() }: { store?: Pick<Storage, "get"> } = {},
): AsyncGenerator<Record<string, unknown>[], void> {
  for (const source of ["audit_logs", "audit_calls"] as const) {
    for (const manifest of await readMoved(db, { chain: orgId, source }))
      yield (await openRows(manifest, { store })).map(toExport);
  }
}

/**
 * What a person did that was moved, in the organizations that they belong to and in none, an object at a time: the same entries as of
 * the tables. Every object of these logs is opened for it, since none says whose entries it holds. @throws ArchiveFault.
 */
export async function* readPersonsArchives(
  db: Db,
  userId: string,
  { store = evidenceStorage() }: { store?: Pick<Storage, "get"> } = {},
): AsyncGenerator<Record<string, unknown>[], void> {
  const organizations = await db.membership.findMany({ where: { userId }, select: { orgId: true } });
  for (const chain of [SYSTEM_CHAIN, ...organizations.map(({ orgId }) => orgId)]) {
    for (const source of ["audit_logs", "audit_calls"] as const) {
      for (const manifest of await readMoved(db, { chain, source })) {
        const theirs = (await openRows(manifest, { store })).filter(
          ({ actorType, actorId }) => actorType === "user" && actorId === userId,
        );
        if (theirs.length > 0) yield theirs.map(toExport);
      }
    }
  }
}

async function openRows(manifest: Manifest, reader: ArchiveReader): Promise<(ChainRow | PlacedCallRow)[]> {
  return manifest.source === "audit_logs"
    ? await openEntries(manifest, reader)
    : await openCalls(manifest, reader);
}

function toExport(row: ChainRow | PlacedCallRow): Record<string, unknown> {
  return {
    id: row.id,
    org_id: row.orgId,
    created_at: row.createdAt,
    sequence: row.sequence,
    actor_type: row.actorType,
    actor_id: row.actorId,
    trace_id: row.traceId,
    details: row.details,
    ...("action" in row
      ? {
          action: row.action,
          target_type: row.targetType,
          target_id: row.targetId,
          prev_hash: row.prevHash,
          hash: row.hash,
        }
      : { action: "api.request" }),
  };
}
