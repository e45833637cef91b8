import { recordAuditIn } from "../audit";
import { orgSubject } from "../orgs";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { destroyDataKey } from "../privacy";

const ROWS_A_STATEMENT = 5_000;

/**
 * Makes an organization's content unreadable and unconfirmable: its data key goes, and with it whatever was sealed or
 * fingerprinted under it. What customers wrote in the clear is emptied, what was found by a key of the product's own is
 * removed: the addresses invited to it, and marks and hashes of rows from before they had the organization's key. Its
 * tombstone was written before. Repeating it changes nothing.
 */
export async function eraseOrganization(
  db: Db,
  { orgId, erasedAt, again }: { orgId: string; erasedAt: Date; again: boolean },
  clock: Clock = systemClock,
): Promise<void> {
  await clearMarks(db, orgId);
  const forget = await db.$transaction(async (tx) => {
    const forgetKey = await destroyDataKey(tx, orgSubject(orgId), clock);
    // A backup from before the deletion had it alive.
    await tx.organization.updateMany({
      where: { id: orgId, deletedAt: null },
      data: { deletedAt: erasedAt, updatedAt: clock.now() },
    });
    await tx.apiKey.updateMany({ where: { orgId, revokedAt: null }, data: { revokedAt: erasedAt } });
    await tx.apiKey.updateMany({ where: { orgId }, data: { name: "", ipAllowlist: [] } });
    await tx.invitation.deleteMany({ where: { orgId } });
    await tx.idempotencyKey.deleteMany({ where: { orgId } });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "system", id: null },
      action: "org.erased",
      target: { type: "organization", id: orgId },
      details: again ? { again } : {},
    });
    return forgetKey;
  });
  forget();
}

/** In short statements, so that nobody waits behind a long lock. */
async function clearMarks(db: Db, orgId: string): Promise<void> {
  let cleared: number;
  do {
    cleared = await db.$executeRaw`
      UPDATE inference_requests r SET metadata_index = NULL
      FROM (
        SELECT id, created_at FROM inference_requests
        WHERE org_id = ${orgId}::uuid AND metadata_index IS NOT NULL LIMIT ${ROWS_A_STATEMENT}
      ) marked
      WHERE r.id = marked.id AND r.created_at = marked.created_at`;
  } while (cleared === ROWS_A_STATEMENT);
}
