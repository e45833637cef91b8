import { type OrgRole, type Scope, scopes } from "../platform";

const reading = ["inference:read", "history:read", "usage:read", "models:read", "members:read"] as const;

/**
 * What each role may do. Developers run and build; billing members pay; viewers read. Only owners, admins and developers
 * manage keys.
 */
export const scopesOfRole: Record<OrgRole, readonly Scope[]> = {
  owner: scopes,
  admin: scopes,
  developer: [
    ...reading,
    "inference:write",
    "history:write",
    "keys:read",
    "keys:write",
    "webhooks:read",
    "webhooks:write",
  ],
  billing: ["usage:read", "models:read", "members:read", "billing:read", "billing:write"],
  viewer: [...reading, "keys:read", "webhooks:read"],
};

const sets = Object.fromEntries(
  Object.entries(scopesOfRole).map(([role, granted]) => [role, new Set(granted)]),
);
const none: ReadonlySet<Scope> = new Set();

export function scopeSetOfRole(role: OrgRole): ReadonlySet<Scope> {
  return sets[role] ?? none;
}
