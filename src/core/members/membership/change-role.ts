import { emailMember, forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { orgSubject, readOrgName, readRoles } from "../../orgs";
import { type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { pickRole } from "../roles/role-rows";
import type { ChangeRoleInput, MemberListView } from "../schemas";
import { keysSettledEmail } from "./key-emails";
import { listMembers } from "./list-members";
import { assertAnotherOwner, assertMayManage, lockMembers, memberNotFound } from "./member-manager";
import { settledDetails, settleRole } from "./settle-role";

/**
 * Changes a member's role, everywhere within five seconds. Keys they created that may do more than the new role are
 * narrowed to it, unless the caller ends or keeps them. The member is notified by email.
 * @throws AppError `not_found`, `insufficient_role`, `conflict` for the last owner; `insufficient_scope` or
 *   `email_not_verified` for keys that the caller may not keep.
 */
export async function changeRole(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: ChangeRoleInput },
  clock: Clock = systemClock,
): Promise<MemberListView> {
  const { orgId } = principal;
  const { user_id: userId, role, keys: disposition } = input;
  const { settled, organization, now } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    const caller = await lockMembers(tx, principal);
    const member = await tx.membership.findUnique({ where: { orgId_userId: { orgId, userId } } });
    if (member === null) throw memberNotFound();
    const rightsOf = await readRoles(tx, { orgId });
    const next = await pickRole(tx, orgId, role);
    const [before, rights] = [rightsOf(member), rightsOf(next)];
    assertMayManage(caller, [before, rights]);
    if (member.role === "owner" && next.role !== "owner") await assertAnotherOwner(tx, { orgId, userId });
    await tx.membership.update({
      where: { orgId_userId: { orgId, userId } },
      data: next,
    });
    const by = { userId: principal.userId, ...(userId === principal.userId ? rights : caller) };
    const done = await settleRole(tx, { orgId, userId, rights, by, disposition, now: clock.now() });
    const name = await readOrgName(tx, orgId);
    await recordAuditIn(tx, ...done.entries, {
      orgId,
      actor: { type: "user", id: principal.userId },
      action: "member.role_changed",
      target: { type: "user", id: userId },
      details: { from: before.name, to: rights.name, ...settledDetails(done) },
    });
    return { settled: done, organization: name, now: rights.name };
  });
  settled.keys.forget();
  forgetPrincipals(userId);
  const email = keysSettledEmail({ organization, role: now, keys: settled.keys });
  if (email !== null && userId !== principal.userId) {
    afterResponse("keys of a member with a new role", () => emailMember(db, { orgId, userId }, email));
  }
  return await listMembers(db, principal);
}
