import type { Tx } from "../platform/db";
import { sendHome } from "./send-home";

/**
 * Deletes the membership and sends the person home. The caller has locked the team, and calls `forgetPrincipals` after
 * the commit.
 */
export async function endMembership(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  await tx.membership.delete({ where: { orgId_userId: { orgId, userId } } });
  await sendHome(tx, { orgId, userId });
}
