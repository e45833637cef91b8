import { recordAuditIn } from "../audit";
import { deleteStream } from "../audit-streams";
import { endCompanySignIn } from "../company-sign-in";
import { deleteExports } from "../exports";
import { deleteArchives } from "../inference";
import { notHeldSql, unlessHeld } from "../legal-holds";
import { deleteAllApps } from "../oauth";
import { orgSubject } from "../orgs";
import { type Clock, DAY, type Db, systemClock } from "../platform";
import { Prisma } from "../platform/db/client";
import { evidenceStorage, type Storage } from "../platform/storage";
import { destroyDataKey } from "../privacy";
import { deleteAllProviderKeys } from "../provider-keys";
import { deleteCachedAnswers } from "../response-cache";
import { deleteAllEndpoints } from "../webhooks";
import { writeTombstone } from "./tombstones";

/** How long support can still undo a deletion. */
export const ERASED_AFTER_MS = 30 * DAY;
const BATCH = 100;
const ROWS_A_STATEMENT = 5_000;

/**
 * Erases organizations deleted thirty days ago (`eraseOrganization`). The tombstone of each is written to the object store
 * first, so that a restored backup is erased again; if that fails, nothing is erased and the next run retries. Returns how
 * many were erased.
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
      WHERE o.deleted_at <= ${deletedBy}::timestamptz AND ${notHeldSql(Prisma.sql`o.id`)} LIMIT ${BATCH}`;
    for (const { id } of due) {
      if (signal?.aborted) return erased;
      const erasedAt = clock.now();
      const done = await unlessHeld(db, { type: "org", id }, async () => {
        await writeTombstone(storage, { subject: orgSubject(id), erasedAt });
        await eraseOrganization(db, { orgId: id, erasedAt, again: false }, clock);
        return true;
      });
      if (done) erased += 1;
    }
    if (due.length < BATCH) break;
  }
  return erased;
}

/**
 * Makes an organization's content unreadable and unconfirmable by destroying its data key. Also removes what is not
 * encrypted or fingerprinted under that key: names and IP allow-lists of keys, invitations, idempotency keys with the
 * answers kept for them, and blind index tokens of rows older than the data key. The caller has written the tombstone. Idempotent.
 */
export async function eraseOrganization(
  db: Db,
  { orgId, erasedAt, again }: { orgId: string; erasedAt: Date; again: boolean },
  clock: Clock = systemClock,
): Promise<void> {
  await clearMetadataIndex(db, orgId);
  const forget = await db.$transaction(async (tx) => {
    const forgetKey = await destroyDataKey(tx, orgSubject(orgId), clock);
    // In a restored backup from before the deletion the organization is active.
    await tx.organization.updateMany({
      where: { id: orgId, deletedAt: null },
      data: { deletedAt: erasedAt, updatedAt: clock.now() },
    });
    await tx.apiKey.updateMany({ where: { orgId, revokedAt: null }, data: { revokedAt: erasedAt } });
    await tx.apiKey.updateMany({ where: { orgId }, data: { name: "", ipAllowlist: [] } });
    await tx.serviceAccount.deleteMany({ where: { orgId } });
    await tx.invitation.deleteMany({ where: { orgId } });
    // Gone since the deletion, but for a restored backup.
    await endCompanySignIn(tx, orgId);
    await deleteAllProviderKeys(tx, orgId);
    await deleteAllEndpoints(tx, orgId);
    await deleteStream(tx, orgId);
    await deleteAllApps(tx, orgId);
    await tx.idempotencyKey.deleteMany({ where: { orgId } });
    await tx.generation.deleteMany({ where: { orgId } });
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
  await deleteCachedAnswers(db, orgId);
  await deleteExports(db, { type: "org", id: orgId });
  await deleteArchives(db, orgId);
}

/** In short statements, to hold no long lock. */
async function clearMetadataIndex(db: Db, orgId: string): Promise<void> {
  let cleared: number;
  do {
    cleared = await db.$executeRaw`
      UPDATE inference_requests r SET metadata_index = NULL
      FROM (
        SELECT id, created_at FROM inference_requests
        WHERE org_id = ${orgId}::uuid AND metadata_index IS NOT NULL LIMIT ${ROWS_A_STATEMENT}
      ) indexed
      WHERE r.id = indexed.id AND r.created_at = indexed.created_at`;
  } while (cleared === ROWS_A_STATEMENT);
}
