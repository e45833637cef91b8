import { decryptOrgNames, toOrgView } from "../../orgs";
import type { Db } from "../../platform/db/client";
import { type ListQuery, pageOf } from "../../platform/list";
import type { UserPrincipal } from "../../platform/principal";
import type { OrganizationListView } from "../schemas";

/** The organizations of the person signed in. @throws AppError `invalid_cursor`. */
export async function listOrganizations(
  db: Db,
  { userId, orgId: current }: UserPrincipal,
  query: ListQuery = { limit: 100 },
): Promise<OrganizationListView> {
  const memberships = await db.membership.findMany({
    where: { userId, organization: { deletedAt: null } },
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
  const names = await decryptOrgNames(
    db,
    memberships.map(({ organization }) => organization),
  );
  const organizations = memberships.map(({ organization, role }, at) => ({
    ...toOrgView(organization, names[at] ?? "", role),
    current: organization.id === current,
  }));
  return pageOf({ list: "organizations", owner: userId }, query, organizations);
}
