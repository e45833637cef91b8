import type { Plan } from "../../shared/plans";
import { isPlan } from "../../shared/plans";
import { type DbOrTx, type OrgRole, toPublicId } from "../platform";
import type { KeySource } from "../privacy";
import { decryptOrgNames, orgNotFound } from "./org-name";
import type { OrgView } from "./schemas";

/** The plan of a subscription row. Without a row, or with a plan that is no longer sold, it is Free. */
export function planOf(subscription: { plan: string } | null | undefined): Plan {
  return subscription && isPlan(subscription.plan) ? subscription.plan : "free";
}

export async function getOrganizationPlan(db: DbOrTx, orgId: string): Promise<Plan> {
  return planOf(await db.subscription.findUnique({ where: { orgId }, select: { plan: true } }));
}

/** An organization as one of its members sees it. @throws AppError `not_found` when the user is not a member. */
export async function getOrgView(
  db: KeySource,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<OrgView> {
  const membership = await db.membership.findUnique({
    where: { orgId_userId: { orgId, userId }, organization: { deletedAt: null } },
    select: { role: true, organization: { select: orgColumns } },
  });
  if (membership === null) throw orgNotFound();
  const [name = ""] = await decryptOrgNames(db, [membership.organization]);
  return toOrgView(membership.organization, name, membership.role);
}

/** What `toOrgView` and `decryptOrgNames` need of the row. */
export const orgColumns = {
  id: true,
  nameCipher: true,
  personal: true,
  createdAt: true,
  subscription: { select: { plan: true } },
} as const;

interface OrgRow {
  id: string;
  personal: boolean;
  createdAt: Date;
  subscription: { plan: string } | null;
}

export function toOrgView(org: OrgRow, name: string, role: OrgRole): OrgView {
  return {
    id: toPublicId("org", org.id),
    name,
    personal: org.personal,
    role,
    plan: planOf(org.subscription),
    created_at: org.createdAt.toISOString(),
  };
}
