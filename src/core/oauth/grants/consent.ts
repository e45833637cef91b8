import { getMe } from "../../accounts";
import { decryptOrgNames, orgColumns, readMemberRights, readOrgName } from "../../orgs";
import { AppError, type Db, toPublicId, type UserPrincipal } from "../../platform";
import { appColumns, logoUrl } from "../apps/app-rows";
import { type ConsentRequest, type GrantedScope, isGrantedScope } from "../schemas";
import { grantableScopes } from "./grants";

export interface AuthorizationRequest {
  appId: string;
  /** As the app wrote it; what we do not know is left out (RFC 6749 §3.3). */
  scope: string;
  /** None for a device's request. */
  redirectUri?: string;
}

/** What of a request's scopes this app may ask for at all. */
export function requestedScopes(scope: string, allowed: readonly string[]): GrantedScope[] {
  const asked = new Set(scope.split(" ").filter(isGrantedScope));
  return [...asked].filter((one) => allowed.includes(one));
}

/**
 * What the consent page shows a person: the app, what it asks for, and which of their organizations they may choose.
 * @throws AppError `not_found` when the app was deleted meanwhile.
 */
export async function describeConsent(
  db: Db,
  { principal, request }: { principal: UserPrincipal; request: AuthorizationRequest },
): Promise<ConsentRequest> {
  const { userId, orgId } = principal;
  const app = await db.oauthApp.findUnique({ where: { id: request.appId }, select: appColumns });
  if (app === null) throw new AppError("not_found", { public: "This app was deleted." });
  const memberships = await db.membership.findMany({
    where: { userId, organization: { deletedAt: null } },
    orderBy: [{ createdAt: "asc" }, { orgId: "asc" }],
    select: { role: true, organization: { select: orgColumns } },
  });
  const [me, developer, names] = await Promise.all([
    getMe(db, { userId, orgId }),
    readOrgName(db, app.orgId),
    decryptOrgNames(
      db,
      memberships.map(({ organization }) => organization),
    ),
  ]);
  const scopes = requestedScopes(request.scope, app.scopes);
  const allowed = await Promise.all(
    memberships.map(
      async (one) => (await readMemberRights(db, { orgId: one.organization.id, userId }))?.scopes,
    ),
  );
  return {
    app: {
      id: toPublicId("app", app.id),
      name: app.name,
      homepage_url: app.homepageUrl,
      logo_url: logoUrl(app),
      developer,
    },
    person: { name: me.user.name, email: me.user.email, email_verified: me.user.email_verified },
    redirect_host: request.redirectUri === undefined ? null : new URL(request.redirectUri).host,
    scopes,
    organizations: memberships.map(({ role, organization }, index) => {
      const kept = grantableScopes(scopes, allowed[index] ?? new Set());
      return {
        id: toPublicId("org", organization.id),
        name: names[index] ?? "",
        role,
        current: organization.id === orgId,
        withheld: scopes.filter((scope) => !kept.includes(scope)),
      };
    }),
  };
}
