import { forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import type { UserPrincipal } from "../platform/principal";
import { endMembership } from "./end-membership";
import { assertAnotherOwner, lockTeam } from "./team-manager";

/**
 * The caller stops being a member. The last owner cannot leave, and nobody leaves the only organization they have.
 * @throws AppError `conflict`.
 */
export async function leaveOrganization(db: Db, principal: UserPrincipal): Promise<{ left: true }> {
  const { orgId, userId } = principal;
  await db.$transaction(async (tx) => {
    const { role } = await lockTeam(tx, principal);
    if (role === "owner") await assertAnotherOwner(tx, { orgId, userId });
    const others = await tx.membership.count({
      where: { userId, orgId: { not: orgId }, organization: { deletedAt: null } },
    });
    if (others === 0) {
      throw new AppError("conflict", {
        public: "This is the only organization you have. Create another one before you leave it.",
      });
    }
    await endMembership(tx, { orgId, userId });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.removed",
      target: { type: "user", id: userId },
    });
  });
  forgetPrincipals(userId);
  return { left: true };
}
