import { sumOf } from "../../../shared/format/credentials";
import { emailMember, forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { orgSubject, readOrgName, readRoles } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, toPublicId, type UserPrincipal } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { leaveManagersWall } from "../../platform/db/manage-organization";
import { transactWithKeys } from "../../privacy";
import { announceIn } from "../../webhooks";
import type { RemovedMemberView, RemoveMemberInput } from "../schemas";
import { endMembership, preparePersonalOrgs } from "./end-membership";
import { keysSettledEmail } from "./key-emails";
import { assertMayManage, lockMembers, memberNotFound } from "./member-manager";
import { settledDetails, settleRole } from "./settle-role";

/**
 * Removes a member, who loses access everywhere within five seconds. Keys they created end, unless the caller keeps them
 * and becomes responsible for them. Invitations they sent are revoked. The member is notified by email.
 * @throws AppError `not_found`, `insufficient_role`, `conflict` for oneself (leave instead); `insufficient_scope` or
 *   `email_not_verified` for keys that the caller may not keep.
 */
export async function removeMember(
  db: Db,
  { principal, input }: { principal: UserPrincipal; input: RemoveMemberInput },
  clock: Clock = systemClock,
): Promise<RemovedMemberView> {
  const { orgId } = principal;
  const { user_id: userId, keys: disposition } = input;
  if (userId === principal.userId) {
    throw new AppError("conflict", {
      public: "To remove yourself, leave the organization.",
      param: "user_id",
    });
  }
  const personalOrgs = await preparePersonalOrgs(db, { orgId, userId }, clock);
  const { settled, organization } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    const caller = await lockMembers(tx, principal);
    const member = await tx.membership.findUnique({ where: { orgId_userId: { orgId, userId } } });
    if (member === null) throw memberNotFound();
    assertMayManage(caller, [(await readRoles(tx, { orgId }))(member)]);
    const by = { userId: principal.userId, ...caller };
    const done = await settleRole(tx, { orgId, userId, rights: null, by, disposition, now: clock.now() });
    await leaveManagersWall(tx, "sessions of the member move to another organization of theirs");
    await endMembership(tx, { orgId, userId, personalOrgs });
    const name = await readOrgName(tx, orgId);
    const entry = {
      orgId,
      actor: { type: "user", id: principal.userId },
      action: "member.removed",
      target: { type: "user", id: userId },
      details: settledDetails(done),
    } as const;
    await announceIn(tx, entry);
    await recordAuditIn(tx, ...done.entries, entry);
    return { settled: done, organization: name };
  });
  settled.keys.forget();
  forgetPrincipals(userId);
  const email = keysSettledEmail({ organization, role: null, keys: settled.keys });
  if (email !== null)
    afterResponse("keys of a removed member", () => emailMember(db, { orgId, userId }, email));
  return {
    id: toPublicId("usr", userId),
    object: "member",
    deleted: true,
    keys_ended: sumOf(settled.keys.ended),
    keys_kept: sumOf(settled.keys.kept),
  };
}
