import { forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import {
  decryptOrgNames,
  getOrgView,
  insertOrganization,
  type OrgView,
  orgColumns,
  prepareOrganization,
  toOrgView,
} from "../orgs";
import { AppError, type Clock, type Db, systemClock, type UserPrincipal } from "../platform";
import { type ListQuery, pageOf } from "../platform/list";
import { transactWithKeys } from "../privacy";
import type { OrganizationListView } from "./schemas";

/** Each organization has its own Free plan, which a user could otherwise multiply without limit. */
const MAX_OWNED = 5;

/**
 * Creates another organization owned by the caller and switches the session to it.
 * @throws AppError `email_not_verified`, `conflict` when they own too many.
 */
export async function createOrganization(
  db: Db,
  { principal, name }: { principal: UserPrincipal; name: string },
  clock: Clock = systemClock,
): Promise<OrgView> {
  const { userId, sessionId } = principal;
  if (!principal.emailVerified) {
    throw new AppError("email_not_verified", {
      public: "Verify your email before you create an organization.",
    });
  }
  const prepared = await prepareOrganization({ ownerId: userId, name, personal: false }, clock);
  const view = await transactWithKeys(db, [], async (tx) => {
    await tx.$queryRaw`SELECT 1 FROM users WHERE id = ${userId}::uuid FOR NO KEY UPDATE`;
    const owned = await tx.membership.count({
      where: { userId, role: "owner", organization: { deletedAt: null } },
    });
    if (owned >= MAX_OWNED) {
      throw new AppError("conflict", {
        public: `You own ${MAX_OWNED} organizations, the most one person can own. Transfer or delete one first.`,
      });
    }
    const made = await insertOrganization(tx, prepared, clock);
    await tx.session.updateMany({ where: { id: sessionId, userId }, data: { orgId: made.orgId } });
    await recordAuditIn(tx, {
      orgId: made.orgId,
      actor: { type: "user", id: userId },
      action: "org.created",
    });
    return made.view;
  });
  forgetPrincipals(userId);
  return view;
}

/** The organizations of the caller. @throws AppError `invalid_cursor`. */
export async function listOrganizations(
  db: Db,
  { userId, orgId: current }: UserPrincipal,
  query: ListQuery = { limit: 100 },
): Promise<OrganizationListView> {
  const memberships = await db.membership.findMany({
    where: { userId, organization: { deletedAt: null } },
    select: {
      role: true,
      organization: { select: orgColumns },
    },
  });
  const names = await decryptOrgNames(
    db,
    memberships.map(({ organization }) => organization),
  );
  const organizations = memberships.map(({ organization, role }, index) => ({
    ...toOrgView(organization, names[index] ?? "", role),
    current: organization.id === current,
  }));
  return pageOf({ list: "organizations", owner: userId }, query, organizations);
}

/** Switches the session to another of the caller's organizations. @throws AppError `not_found` for other organizations. */
export async function switchOrganization(
  db: Db,
  { principal, orgId }: { principal: UserPrincipal; orgId: string },
): Promise<OrgView> {
  const { userId, sessionId } = principal;
  const view = await getOrgView(db, { orgId, userId });
  await db.session.updateMany({ where: { id: sessionId, userId }, data: { orgId } });
  forgetPrincipals(userId);
  return view;
}
