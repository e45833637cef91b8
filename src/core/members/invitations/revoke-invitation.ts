import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { toPublicId } from "../../platform/ids";
import type { UserPrincipal } from "../../platform/principal";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import type { RevokedInvitationView } from "../schemas";

/**
 * Withdraws an invitation; its link stops working at once. One that would make an owner is an owner's to withdraw.
 * @throws AppError `not_found`, `insufficient_role`.
 */
export async function revokeInvitation(
  db: Db,
  { principal, id }: { principal: UserPrincipal; id: string },
  clock: Clock = systemClock,
): Promise<RevokedInvitationView> {
  const { orgId, userId } = principal;
  await db.$transaction(async (tx) => {
    const { role } = await lockMembers(tx, principal);
    assertMayManage(role, []);
    const open = { id, orgId, acceptedAt: null, revokedAt: null };
    const invitation = await tx.invitation.findFirst({ where: open, select: { role: true } });
    if (invitation === null) {
      throw new AppError("not_found", {
        public: "Invitation not found. It may have been accepted or revoked already.",
        param: "id",
      });
    }
    assertMayManage(role, [invitation.role]);
    await tx.invitation.updateMany({ where: open, data: { revokedAt: clock.now() } });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.invitation_revoked",
      target: { type: "invitation", id },
    });
  });
  return { id: toPublicId("inv", id), object: "invitation", deleted: true };
}
