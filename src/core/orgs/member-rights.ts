import { isScope } from "../../shared/permissions";
import type { DbOrTx, OrgRole, Scope } from "../platform";
import { Prisma } from "../platform/db/client";
import { planOf } from "./org-view";
import { hasFeature } from "./plan-features";
import { scopesOfRole } from "./scopes-of-role";

/** What decides what a member may do, as it is stored. */
export interface StoredRights {
  role: OrgRole;
  plan: string | null;
  developersSeeAll: boolean;
  /** Of their custom role. */
  permissions: string[] | null;
}

/** Its columns, of a membership `m`, its organization `o` and subscription `p`. */
export const rightsColumns: Prisma.Sql = Prisma.sql`m.role::text AS "role", p.plan AS "plan",
  o.developers_see_all AS "developersSeeAll",
  (SELECT c.permissions FROM custom_roles c WHERE c.id = m.custom_role_id) AS "permissions"`;

/**
 * What a member may do (ADR 76). By a built-in role, its row of the table of permissions; developers see everyone's requests where
 * the organization lets them. By a custom role, what it says; without the plan for it, of that what its base allows as well.
 */
export function scopesOfMember({
  role,
  plan,
  developersSeeAll,
  permissions,
}: StoredRights): ReadonlySet<Scope> {
  const ofBase = builtInScopes(role, { developersSeeAll });
  if (permissions === null) return ofBase;
  const custom = new Set(permissions.filter(isScope));
  if (hasFeature(planOf(plan === null ? null : { plan }), "customRoles")) return custom;
  return new Set([...custom].filter((scope) => ofBase.has(scope)));
}

export function builtInScopes(
  role: OrgRole,
  { developersSeeAll }: { developersSeeAll: boolean },
): ReadonlySet<Scope> {
  const scopes = scopesOfRole[role];
  return new Set(role === "developer" && developersSeeAll ? [...scopes, "requests:read_all"] : scopes);
}

/** A role as somebody has or would have it, with what it allows. */
export interface MemberRights {
  /** Of a custom role, its base. */
  role: OrgRole;
  customRoleId: string | null;
  /** As people read it: the built-in role or the custom role's name. */
  name: string;
  scopes: ReadonlySet<Scope>;
}

/** Which role somebody has: a built-in one, or one of the organization's own with its base. */
export interface RoleRef {
  role: OrgRole;
  customRoleId: string | null;
}

/**
 * What every role of an organization allows at this moment. A custom role that does not exist allows nothing, and is nobody's.
 */
export async function readRoles(
  db: DbOrTx,
  { orgId }: { orgId: string },
): Promise<(ref: RoleRef) => MemberRights> {
  const org = await db.organization.findUnique({
    where: { id: orgId },
    select: {
      developersSeeAll: true,
      subscription: { select: { plan: true } },
      customRoles: { select: { id: true, name: true, permissions: true } },
    },
  });
  const developersSeeAll = org?.developersSeeAll ?? false;
  const plan = org?.subscription?.plan ?? null;
  const byId = new Map(org?.customRoles.map((one) => [one.id, one]));
  return ({ role, customRoleId }) => {
    const custom = customRoleId === null ? undefined : byId.get(customRoleId);
    const permissions = customRoleId === null ? null : (custom?.permissions ?? []);
    const scopes = scopesOfMember({ role, plan, developersSeeAll, permissions });
    return { role, customRoleId, name: custom?.name ?? role, scopes };
  };
}

/** A member's rights of this moment; null for somebody who is none, or where the organization is deleted. */
export async function readMemberRights(
  db: DbOrTx,
  { orgId, userId }: { orgId: string; userId: string },
): Promise<MemberRights | null> {
  const member = await db.membership.findUnique({
    where: { orgId_userId: { orgId, userId }, organization: { deletedAt: null } },
    select: { role: true, customRoleId: true },
  });
  return member && (await readRoles(db, { orgId }))(member);
}
