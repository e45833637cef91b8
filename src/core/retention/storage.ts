import { recordAuditIn } from "../audit";
import {
  assertNotInHipaaMode,
  lockOrganization,
  orgNotFound,
  type StorageView,
  storageViewSchema,
} from "../orgs";
import { AppError, type Clock, type Db, systemClock } from "../platform";
import { forgetAnswers, forgetAnswersIn } from "../response-cache";

/** What the organization keeps of calls under `/v1`. @throws AppError `not_found`. */
export async function getStorage(db: Db, { orgId }: { orgId: string }): Promise<StorageView> {
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { storage: true },
  });
  if (org === null) throw orgNotFound();
  return storageViewSchema.parse(org);
}

/**
 * Changes it for calls from now on; content already stored stays until it is deleted, but no answer of the response cache outlives
 * a "forbidden". A trigger tells every process. The caller has checked the role (owner or admin). @throws AppError `not_found`.
 */
export async function updateStorage(
  db: Db,
  { userId, orgId, storage }: StorageView & { userId: string; orgId: string },
  clock: Clock = systemClock,
): Promise<StorageView> {
  const where = { id: orgId, deletedAt: null };
  const now = clock.now();
  await db.$transaction(async (tx) => {
    if (!(await lockOrganization(tx, { orgId, userId }))) throw orgNotFound();
    if (storage !== "forbidden") await assertNotInHipaaMode(tx, orgId, "storage");
    if (
      storage !== "forbidden" &&
      (await tx.organization.count({ where: { ...where, retentionDays: 0 } })) > 0
    )
      throw new AppError("conflict", {
        public: "Your organization keeps nothing (retention_days is 0). Choose a longer retention first.",
        param: "storage",
      });
    const { count } = await tx.organization.updateMany({
      where,
      data: { storage, updatedAt: now },
    });
    if (count === 0) throw orgNotFound();
    if (storage === "forbidden") await forgetAnswersIn(tx, { orgId, now });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "storage", to: storage },
    });
  });
  if (storage === "forbidden") await forgetAnswers(db, orgId);
  return { storage };
}
