import { decryptPeople, emailMember, forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { assertOrgNameTyped, orgSubject, readRoles } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import type { MemberListView, TransferOwnershipInput } from "../schemas";
import { listMembers } from "./list-members";
import { assertOwner, lockMembers, memberNotFound } from "./member-manager";
import { ownershipGivenEmail, ownershipReceivedEmail } from "./ownership-emails";
import { settledDetails, settleRole } from "./settle-role";

/**
 * Makes another member the owner and the caller an admin, in one commit. A personal organization becomes an ordinary one.
 * Both are notified by email.
 * @throws AppError `insufficient_role` unless the caller owns it, `not_found`, `conflict` for oneself or another owner,
 *   `invalid_request` when the name typed is not the organization's.
 */
export async function transferOwnership(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: TransferOwnershipInput },
  clock: Clock = systemClock,
): Promise<MemberListView> {
  const { orgId, userId } = principal;
  const { user_id: successorId } = input;
  const { settled, organization } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    assertOwner((await lockMembers(tx, principal)).role);
    const successor = await tx.membership.findUnique({
      where: { orgId_userId: { orgId, userId: successorId }, user: { deletedAt: null } },
    });
    if (successor === null) throw memberNotFound();
    if (successor.role === "owner") {
      throw new AppError("conflict", {
        public: "This person is already an owner. To step down, change your own role.",
        param: "user_id",
      });
    }
    const name = await assertOrgNameTyped(tx, { orgId, typed: input.organization_name });
    await tx.membership.update({
      where: { orgId_userId: { orgId, userId: successorId } },
      data: { role: "owner", customRoleId: null },
    });
    await tx.membership.update({
      where: { orgId_userId: { orgId, userId } },
      data: { role: "admin", customRoleId: null },
    });
    await tx.organization.update({ where: { id: orgId }, data: { personal: false } });
    const rights = (await readRoles(tx, { orgId }))({ role: "admin", customRoleId: null });
    const by = { userId, ...rights };
    const done = await settleRole(tx, {
      orgId,
      userId,
      rights,
      by,
      disposition: "narrow",
      now: clock.now(),
    });
    await recordAuditIn(tx, ...done.entries, {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.ownership_transferred",
      target: { type: "user", id: successorId },
      details: { from: successor.role, to: "owner", giver_is_now: "admin", ...settledDetails(done) },
    });
    return { settled: done, organization: name };
  });
  settled.keys.forget();
  forgetPrincipals(userId);
  forgetPrincipals(successorId);
  afterResponse("ownership emails", async () => {
    const people = await decryptPeople(db, [userId, successorId]);
    const giver = people.get(userId)?.email ?? "An owner";
    const successor = people.get(successorId)?.email ?? "a member";
    await Promise.all([
      emailMember(db, { orgId, userId: successorId }, ownershipReceivedEmail({ organization, giver })),
      emailMember(db, { orgId, userId }, ownershipGivenEmail({ organization, successor })),
    ]);
  });
  return await listMembers(db, { ...principal, role: "admin" });
}
