import { forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { readRoles } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { assertMayManage, lockMembers } from "../membership/member-manager";
import { settleRole } from "../membership/settle-role";
import { pickRole, readCustomRole } from "./role-rows";
import type { DeleteCustomRoleInput } from "./role-schemas";

/**
 * Deletes a role. Members and pending invitations that have it get `replacement` in the same commit, and their keys are narrowed to
 * it. Works without the plan: what was set up can be taken down.
 * @throws AppError `not_found`, `insufficient_role`; `conflict`, param `replacement`, where somebody has it and none is named.
 */
export async function deleteCustomRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: DeleteCustomRoleInput },
  clock: Clock = systemClock,
): Promise<{ id: string; object: "role"; deleted: true }> {
  const { orgId, userId } = principal;
  const { id, replacement } = input;
  const now = clock.now();
  const moved = await db.$transaction(async (tx) => {
    const caller = await lockMembers(tx, principal);
    const role = await readCustomRole(tx, { orgId, id });
    const rightsOf = await readRoles(tx, { orgId });
    assertMayManage(caller, [rightsOf({ role: role.base, customRoleId: id })]);
    const members = await tx.membership.findMany({
      where: { orgId, customRoleId: id },
      select: { userId: true },
    });
    const pending = { orgId, customRoleId: id, acceptedAt: null, revokedAt: null };
    const invited = await tx.invitation.count({ where: pending });
    const settled = [];
    if (members.length + invited > 0) {
      if (replacement === undefined || replacement === id) throw inUse(members.length, invited);
      const next = await pickRole(tx, orgId, replacement, "replacement");
      const rights = rightsOf(next);
      assertMayManage(caller, [rights]);
      await tx.membership.updateMany({ where: { orgId, customRoleId: id }, data: next });
      await tx.invitation.updateMany({ where: pending, data: next });
      for (const member of members) {
        const by = { userId, ...caller };
        settled.push(
          await settleRole(tx, { orgId, userId: member.userId, rights, by, disposition: "narrow", now }),
        );
      }
    }
    // Invitations that are over keep the base.
    await tx.invitation.updateMany({ where: { orgId, customRoleId: id }, data: { customRoleId: null } });
    await tx.customRole.delete({ where: { id, orgId } });
    await recordAuditIn(tx, ...settled.flatMap(({ entries }) => entries), {
      orgId,
      actor: { type: "user", id: userId },
      action: "role.deleted",
      target: { type: "role", id },
      details: { name: role.name, members: members.length, invitations: invited },
    });
    return { members, settled };
  });
  for (const { keys } of moved.settled) keys.forget();
  for (const member of moved.members) forgetPrincipals(member.userId);
  return { id: toPublicId("rol", id), object: "role", deleted: true };
}

function inUse(members: number, invitations: number): AppError {
  return new AppError("conflict", {
    public: `This role is in use (members: ${members}, open invitations: ${invitations}). Name the role that they get instead.`,
    param: "replacement",
  });
}
