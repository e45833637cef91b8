import { emailIndexes } from "../../src/core/accounts";
import { getOrganizationPlan, scopeSetOfRole } from "../../src/core/orgs";
import { type Db, newId, type UserPrincipal } from "../../src/core/platform";
import { plans } from "../../src/shared/plans";

export interface FoundAccount {
  userId: string;
  /** The first organization that the user owns. */
  orgId: string;
  passwordHash: string | null;
}

export async function findAccount(db: Db, email: string): Promise<FoundAccount | undefined> {
  const user = await db.user.findFirst({
    where: { emailIndex: { in: emailIndexes(email) } },
    select: {
      id: true,
      passwordHash: true,
      memberships: {
        where: { role: "owner" },
        orderBy: { createdAt: "asc" },
        take: 1,
        select: { orgId: true },
      },
    },
  });
  const membership = user?.memberships[0];
  if (user === null || membership === undefined) return undefined;
  return { userId: user.id, orgId: membership.orgId, passwordHash: user.passwordHash };
}

/** The owner of an organization, as if signed in. */
export async function ownerPrincipal(
  db: Db,
  { userId, orgId }: { userId: string; orgId: string },
): Promise<UserPrincipal> {
  const plan = await getOrganizationPlan(db, orgId);
  return {
    kind: "session",
    userId,
    orgId,
    sessionId: newId(),
    role: "owner",
    scopes: scopeSetOfRole("owner"),
    plan,
    requestsPerMinute: plans[plan].requestsPerMinute,
    environment: "live",
    emailVerified: true,
    operator: false,
  };
}
