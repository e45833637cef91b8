import { rolesWith } from "../../shared/permissions";
import { type OrgRole, type Scope, scopes } from "../platform";

const of = (role: OrgRole): readonly Scope[] => scopes.filter((scope) => rolesWith(scope).includes(role));

/** What each role may do, from the table of permissions. */
export const scopesOfRole: Record<OrgRole, readonly Scope[]> = {
  owner: of("owner"),
  admin: of("admin"),
  developer: of("developer"),
  billing: of("billing"),
  viewer: of("viewer"),
};

const sets = Object.fromEntries(
  Object.entries(scopesOfRole).map(([role, granted]) => [role, new Set(granted)]),
);
const none: ReadonlySet<Scope> = new Set();

export function scopeSetOfRole(role: OrgRole): ReadonlySet<Scope> {
  return sets[role] ?? none;
}
