import { sumOf } from "../../../shared/format/credentials";
import { decryptPeople, emailOwners, forgetPrincipals } from "../../accounts";
import { recordAuditIn } from "../../audit";
import { orgSubject, readOrgName } from "../../orgs";
import { AppError, type Clock, type Db, systemClock, type UserPrincipal } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { leaveManagersWall } from "../../platform/db/manage-organization";
import { transactWithKeys } from "../../privacy";
import { announceIn } from "../../webhooks";
import type { LeftOrganizationView } from "../schemas";
import { endMembership } from "./end-membership";
import { keysEndedByLeavingEmail } from "./key-emails";
import { assertAnotherOwner, lockMembers } from "./member-manager";
import { settledDetails, settleRole } from "./settle-role";

/**
 * Ends the caller's own membership. The last owner cannot leave, and nobody can leave their only organization. Keys they
 * created end, and the owners are notified; another member can keep a key by rotating it before.
 * @throws AppError `conflict`.
 */
export async function leaveOrganization(
  db: Db,
  principal: UserPrincipal,
  clock: Clock = systemClock,
): Promise<LeftOrganizationView> {
  const { orgId, userId } = principal;
  const { settled, organization } = await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    const rights = await lockMembers(tx, principal);
    if (rights.role === "owner") await assertAnotherOwner(tx, { orgId, userId });
    const by = { userId, ...rights };
    const done = await settleRole(tx, {
      orgId,
      userId,
      rights: null,
      by,
      disposition: "end",
      now: clock.now(),
    });
    await leaveManagersWall(tx, "sessions of the member move to another organization of theirs");
    const others = await tx.membership.count({
      where: { userId, orgId: { not: orgId }, organization: { deletedAt: null } },
    });
    if (others === 0) {
      throw new AppError("conflict", {
        public: "This is your only organization. Create another one before you leave it.",
      });
    }
    await endMembership(tx, { orgId, userId, personalOrgs: new Map() });
    const name = await readOrgName(tx, orgId);
    const entry = {
      orgId,
      actor: { type: "user", id: userId },
      action: "member.removed",
      target: { type: "user", id: userId },
      details: settledDetails(done),
    } as const;
    await announceIn(tx, entry);
    await recordAuditIn(tx, ...done.entries, entry);
    return { settled: done, organization: name };
  });
  const { ended } = settled.keys;
  settled.keys.forget();
  forgetPrincipals(userId);
  if (sumOf(ended) > 0) {
    afterResponse("keys of a member who left", async () => {
      const member = (await decryptPeople(db, [userId])).get(userId)?.email ?? "A member";
      await emailOwners(db, { orgId }, keysEndedByLeavingEmail({ organization, member, ended }));
    });
  }
  return { left: true, keys_ended: sumOf(ended) };
}
