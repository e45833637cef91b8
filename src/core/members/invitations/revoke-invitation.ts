import { recordAuditIn } from "../../audit";
import { readRoles } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import type { RevokedInvitationView } from "../schemas";

/**
 * Revokes an invitation; its link stops working at once. Only an owner revokes an invitation to become an owner.
 * @throws AppError `not_found`, `insufficient_role`.
 */
export async function revokeInvitation(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
  clock: Clock = systemClock,
): Promise<RevokedInvitationView> {
  const { orgId, userId } = principal;
  await db.$transaction(async (tx) => {
    const caller = await lockMembers(tx, principal);
    assertMayManage(caller, []);
    const pending = { id, orgId, acceptedAt: null, revokedAt: null };
    const invitation = await tx.invitation.findFirst({
      where: pending,
      select: { role: true, customRoleId: true },
    });
    if (invitation === null) {
      throw new AppError("not_found", {
        public: "Invitation not found. It may have been accepted or revoked already.",
        param: "id",
      });
    }
    assertMayManage(caller, [(await readRoles(tx, { orgId }))(invitation)]);
    await tx.invitation.updateMany({ where: pending, data: { revokedAt: clock.now() } });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
    });
  });
  return { id: toPublicId("inv", id), object: "invitation", deleted: true };
}
