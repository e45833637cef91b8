import { lockMembers } from "../members";
import { assertFeature, orgSubject } from "../orgs";
import { AppError, type Db, type OrgRole, type Tx, type UserPrincipal } from "../platform";
import { leaveManagersWall } from "../platform/db/manage-organization";
import { type KeyedTx, transactWithKeys } from "../privacy";

const managers: readonly OrgRole[] = ["owner", "admin"];

/** @throws AppError `insufficient_role`. */
export function assertManager(role: OrgRole): void {
  if (managers.includes(role)) return;
  throw new AppError("insufficient_role", {
    public: "Only an owner or admin can manage company sign-in.",
  });
}

/**
 * Changes what company sign-in of an organization consists of, under the lock of its members, by somebody whose role allows
 * it at this moment. What takes it away works without the plan.
 * @throws AppError `insufficient_role`, `missing_credentials`, `plan_required`.
 */
export async function changeCompany<T>(
  db: Db,
  { principal, withoutPlan = false }: { principal: UserPrincipal; withoutPlan?: boolean },
  change: (tx: KeyedTx) => Promise<T>,
): Promise<T> {
  const { orgId } = principal;
  assertManager(principal.role);
  return await transactWithKeys(db, [orgSubject(orgId)], async (tx) => {
    assertManager((await lockMembers(tx, principal)).role);
    await leaveManagersWall(
      tx,
      "a domain belongs to one organization of all, and sign-in through a company is every account's",
    );
    if (!withoutPlan) await assertFeature(tx, orgId, "companySignIn");
    return await change(tx);
  });
}

/** For an organization that is deleted: nobody is signed in through it, its directory cannot call us, and its domains are free for another one. */
export async function endCompanySignIn(tx: Tx, orgId: string): Promise<void> {
  await tx.companyConnection.deleteMany({ where: { orgId } });
  await tx.organizationDomain.deleteMany({ where: { orgId } });
  await tx.directoryToken.deleteMany({ where: { orgId } });
  await tx.directoryGroup.deleteMany({ where: { orgId } });
  await tx.directoryUser.deleteMany({ where: { orgId } });
}
