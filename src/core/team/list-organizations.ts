import { openOrgNames, toOrgView } from "../orgs";
import type { Db } from "../platform/db";
import type { UserPrincipal } from "../platform/principal";
import type { OrganizationListView } from "./schemas";

/** The organizations of the person signed in, their own first. */
export async function listOrganizations(
  db: Db,
  { userId, orgId: current }: UserPrincipal,
): Promise<OrganizationListView> {
  const memberships = await db.membership.findMany({
    where: { userId, organization: { deletedAt: null } },
    orderBy: [{ organization: { personal: "desc" } }, { createdAt: "asc" }, { orgId: "asc" }],
    select: {
      role: true,
      organization: {
        select: {
          id: true,
          nameCipher: true,
          personal: true,
          createdAt: true,
          subscription: { select: { plan: true } },
        },
      },
    },
  });
  const names = await openOrgNames(
    db,
    memberships.map(({ organization }) => organization),
  );
  return {
    data: memberships.map(({ organization, role }, at) => ({
      ...toOrgView(organization, names[at] ?? "", role),
      current: organization.id === current,
    })),
  };
}
