import { orgSubject } from "../orgs";
import { type Clock, DAY, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { evidenceStorage, type Storage } from "../platform/storage";
import { eraseOrganization } from "./erase-organization";
import { writeTombstone } from "./tombstones";

/** How long a deletion can still be undone, by support. */
export const ERASED_AFTER_MS = 30 * DAY;
const BATCH = 100;

/**
 * Erases organizations deleted thirty days ago (`eraseOrganization`), each after its tombstone was kept off the database:
 * a restored backup brings none back. Where the tombstone cannot be written nothing is erased, and the next run tries
 * again. The trail says so, and stays. Safe to break off and to repeat. Returns how many were erased.
 */
export async function eraseDeletedOrganizations(
  db: Db,
  {
    storage = evidenceStorage(),
    signal,
    clock = systemClock,
  }: { storage?: Pick<Storage, "put" | "locksObjects">; signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const deletedBy = new Date(clock.now().getTime() - ERASED_AFTER_MS);
  let erased = 0;
  while (!signal?.aborted) {
    const due = await db.$queryRaw<{ id: string }[]>`
      SELECT o.id FROM organizations o
      JOIN data_keys k ON k.subject_type = 'org' AND k.subject_id = o.id AND k.destroyed_at IS NULL
      WHERE o.deleted_at <= ${deletedBy}::timestamptz LIMIT ${BATCH}`;
    for (const { id } of due) {
      if (signal?.aborted) return erased;
      const erasedAt = clock.now();
      await writeTombstone(storage, { subject: orgSubject(id), erasedAt });
      await eraseOrganization(db, { orgId: id, erasedAt, again: false }, clock);
      erased += 1;
    }
    if (due.length < BATCH) break;
  }
  return erased;
}
