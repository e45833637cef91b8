import { recordAuditIn } from "../audit";
import { orgSubject } from "../orgs";
import { type Clock, DAY, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { destroyDataKey } from "../privacy";

/** How long a deletion can still be undone, by support. */
export const ERASED_AFTER_MS = 30 * DAY;
const BATCH = 100;

/**
 * Destroys the data keys of organizations deleted thirty days ago: prompts, results and names become unreadable
 * everywhere, backups included once they have aged out. What customers wrote in the clear, their keys' names and
 * addresses, is emptied. The trail says so, and stays. Safe to break off and to repeat. Returns how many were erased.
 */
export async function eraseDeletedOrganizations(
  db: Db,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
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
      await erase(db, id, clock);
      erased += 1;
    }
    if (due.length < BATCH) break;
  }
  return erased;
}

async function erase(db: Db, orgId: string, clock: Clock): Promise<void> {
  await db.$transaction(async (tx) => {
    await destroyDataKey(tx, orgSubject(orgId), clock);
    await tx.apiKey.updateMany({ where: { orgId }, data: { name: "", ipAllowlist: [] } });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "org.erased",
      target: { type: "organization", id: orgId },
    });
  });
}
