import type { KeyedTx } from "../../privacy";
import { moveToAnotherOrg, type PreparedPersonalOrgs } from "./move-to-another-org";

/**
 * Deletes the membership and sends the person home. The caller has locked the team, and calls `forgetPrincipals` after
 * the commit.
 */
export async function endMembership(
  tx: KeyedTx,
  { orgId, userId, personalOrgs }: { orgId: string; userId: string; personalOrgs: PreparedPersonalOrgs },
): Promise<void> {
  await tx.membership.delete({ where: { orgId_userId: { orgId, userId } } });
  await moveToAnotherOrg(tx, { orgId, userId, personalOrgs });
}
