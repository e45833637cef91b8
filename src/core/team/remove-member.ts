import { forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import { toPublicId } from "../platform/ids";
import type { UserPrincipal } from "../platform/principal";
import { endMembership } from "./end-membership";
import { assertMayManage, lockTeam, memberNotFound } from "./team-manager";

/**
 * Ends somebody's membership; they see nothing of the organization any more within five seconds. Keys they made belong
 * to the organization and go on working: revoke those that the person may have kept.
 * @throws AppError `not_found`, `insufficient_role`, `conflict` for oneself (leave instead).
 */
export async function removeMember(
  db: Db,
  { principal, userId }: { principal: UserPrincipal; userId: string },
): Promise<{ user_id: string; removed: true }> {
  const { orgId } = principal;
  if (userId === principal.userId) {
    throw new AppError("conflict", {
      public: "To remove yourself, leave the organization.",
      param: "user_id",
    });
  }
  await db.$transaction(async (tx) => {
    const caller = await lockTeam(tx, principal);
    const member = await tx.membership.findUnique({ where: { orgId_userId: { orgId, userId } } });
    if (member === null) throw memberNotFound();
    assertMayManage(caller.role, [member.role]);
    await endMembership(tx, { orgId, userId });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: principal.userId },
      action: "member.removed",
      target: { type: "user", id: userId },
    });
  });
  forgetPrincipals(userId);
  return { user_id: toPublicId("usr", userId), removed: true };
}
