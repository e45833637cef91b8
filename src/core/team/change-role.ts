import { forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import type { Db } from "../platform/db";
import type { UserPrincipal } from "../platform/principal";
import { listTeam } from "./list-team";
import type { ChangeRoleInput, TeamView } from "./schemas";
import { assertAnotherOwner, assertMayManage, lockTeam, memberNotFound } from "./team-manager";

/**
 * Gives a member another role, in force everywhere within five seconds. Ownership is handed over the same way: an owner
 * makes another one, and may then step down.
 * @throws AppError `not_found`, `insufficient_role`, `conflict` for the last owner.
 */
export async function changeRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: ChangeRoleInput },
): Promise<TeamView> {
  const { orgId } = principal;
  const { user_id: userId, role } = input;
  await db.$transaction(async (tx) => {
    const caller = await lockTeam(tx, principal);
    const member = await tx.membership.findUnique({ where: { orgId_userId: { orgId, userId } } });
    if (member === null) throw memberNotFound();
    assertMayManage(caller.role, [member.role, role]);
    if (member.role === "owner" && role !== "owner") await assertAnotherOwner(tx, { orgId, userId });
    await tx.membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role } });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: principal.userId },
      action: "member.role_changed",
      target: { type: "user", id: userId },
      details: { from: member.role, to: role },
    });
  });
  forgetPrincipals(userId);
  return await listTeam(db, principal);
}
