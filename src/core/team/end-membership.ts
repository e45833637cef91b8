import type { Tx } from "../platform/db";

/**
 * Deletes the membership and moves the person's sessions to the organization they own themselves, so that they are not
 * signed out of everything else. The caller has locked the team, and calls `forgetPrincipals` after the commit.
 */
export async function endMembership(
  tx: Tx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<void> {
  await tx.membership.delete({ where: { orgId_userId: { orgId, userId } } });
  const home = await tx.membership.findFirst({
    where: { userId, organization: { deletedAt: null } },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }],
    select: { orgId: true },
  });
  if (home !== null) await tx.session.updateMany({ where: { userId, orgId }, data: { orgId: home.orgId } });
}
