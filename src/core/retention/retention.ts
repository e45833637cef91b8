import { recordAuditIn } from "../audit";
import { ARCHIVE_DAYS, HOT_DAYS } from "../inference";
import { assertOwner, lockMembers } from "../members";
import { assertFeature, assertNotInHipaaMode, orgNotFound } from "../orgs";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../platform";
import { forgetAnswers, forgetAnswersIn } from "../response-cache";
import type { RetentionView } from "./schemas";

/** How long the organization's prompts and answers are kept. @throws AppError `not_found`. */
export async function getRetention(db: Db, { orgId }: { orgId: string }): Promise<RetentionView> {
  const org = await db.organization.findUnique({
    where: { id: orgId, deletedAt: null },
    select: { retentionDays: true, archiveDays: true },
  });
  if (org === null) throw orgNotFound();
  return { retention_days: org.retentionDays ?? HOT_DAYS, archive_days: org.archiveDays ?? ARCHIVE_DAYS };
}

/**
 * Changes it; what is older than the new period goes within a quarter of an hour, for good. With no days nothing is stored under
 * `/v1` either, and the response cache is emptied. The longest periods are everybody's own, and need no plan.
 * @throws AppError `insufficient_role` for anybody but an owner, `plan_required`; `conflict` in HIPAA mode.
 */
export async function updateRetention(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: RetentionView },
  clock: Clock = systemClock,
): Promise<RetentionView> {
  const { orgId, userId } = principal;
  const { retention_days, archive_days } = input;
  assertOwner(principal.role);
  const retentionDays = retention_days === HOT_DAYS ? null : retention_days;
  const archiveDays = archive_days === ARCHIVE_DAYS ? null : archive_days;
  const now = clock.now();
  const keepsNothing = retention_days === 0;
  await db.$transaction(async (tx) => {
    assertOwner((await lockMembers(tx, principal)).role);
    await assertNotInHipaaMode(tx, orgId, "retention_days");
    if (retentionDays !== null || archiveDays !== null) await assertFeature(tx, orgId, "retentionChoice");
    await tx.organization.update({
      where: { id: orgId, deletedAt: null },
      data: {
        ...{ retentionDays, archiveDays, updatedAt: now },
        ...(keepsNothing && { storage: "forbidden" }),
      },
    });
    if (keepsNothing) await forgetAnswersIn(tx, { orgId, now });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "retention", to: `${retention_days} days, ${archive_days} archived` },
    });
  });
  if (keepsNothing) await forgetAnswers(db, orgId);
  return input;
}
