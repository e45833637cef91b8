import type { KeyedTx } from "../../privacy";
import { type PreparedHomes, sendHome } from "./send-home";

/**
 * Deletes the membership and sends the person home. The caller has locked the team, and calls `forgetPrincipals` after
 * the commit.
 */
export async function endMembership(
  tx: KeyedTx,
  { orgId, userId, homes }: { orgId: string; userId: string; homes: PreparedHomes },
): Promise<void> {
  await tx.membership.delete({ where: { orgId_userId: { orgId, userId } } });
  await sendHome(tx, { orgId, userId, homes });
}
