import type { Db } from "../../platform";
import { evidenceStorage, type Storage } from "../../platform/storage";
import { readMoved } from "./manifest";
import { openCalls, openEntries } from "./open-archive";

/** All entries and calls of an organization that were moved, an object at a time, for its export. @throws ArchiveFault. */
export async function* readAuditArchives(
  db: Db,
  orgId: string,
  { store = evidenceStorage() }: { store?: Pick<Storage, "get"> } = {},
): AsyncGenerator<Record<string, unknown>[], void> {
  for (const source of ["audit_logs", "audit_calls"] as const) {
    for (const manifest of await readMoved(db, { chain: orgId, source })) {
      const rows =
        source === "audit_logs"
          ? await openEntries(manifest, { store })
          : await openCalls(manifest, { store });
      yield rows.map((row) => ({
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
      }));
    }
  }
}
