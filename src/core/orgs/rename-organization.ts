import { recordAuditIn } from "../audit";
import { type Clock, type Db, systemClock } from "../platform";
import { encryptText, transactWithKeys } from "../privacy";
import { lockOrganization } from "./lock-organization";
import { orgNameField, orgNotFound, orgSubject } from "./org-name";
import { getOrgView } from "./org-view";
import type { OrgView, RenameOrganizationInput } from "./schemas";

/** Renames the organization. The caller has checked the role (owner or admin). @throws AppError `not_found`. */
export async function renameOrganization(
  db: Db,
  { userId, orgId, name }: RenameOrganizationInput & { userId: string; orgId: string },
  clock: Clock = systemClock,
): Promise<OrgView> {
  return await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    if (!(await lockOrganization(tx, { orgId, userId }))) throw orgNotFound();
    await tx.organization.updateMany({
      where: { id: orgId, deletedAt: null },
      data: {
        nameCipher: await encryptText(tx, orgSubject(orgId), orgNameField(orgId), name),
        updatedAt: clock.now(),
      },
    });
    const renamed = await getOrgView(tx, { orgId, userId });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "org.updated",
      target: { type: "organization", id: orgId },
      details: { changed: "name" },
    });
    return renamed;
  });
}
