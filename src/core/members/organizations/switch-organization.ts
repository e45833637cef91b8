import { forgetPrincipals } from "../../accounts";
import { getOrgView, type OrgView } from "../../orgs";
import type { Db } from "../../platform/db/client";
import type { UserPrincipal } from "../../platform/principal";

/** Makes this session work in another of the person's organizations. @throws AppError `not_found` for one of others. */
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
