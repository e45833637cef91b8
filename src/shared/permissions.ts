/** The roles of an organization's members. */
export const roles = {
  owner: { label: "Owner", can: "Everything, including other owners." },
  admin: { label: "Admin", can: "Members, keys, billing and settings." },
  developer: { label: "Developer", can: "Keys, prompts and requests." },
  billing: { label: "Billing", can: "Plan, invoices and usage; no prompts." },
  viewer: { label: "Viewer", can: "Views requests, keys and usage." },
} as const;

export type OrgRole = keyof typeof roles;

export const orgRoles = ["owner", "admin", "developer", "billing", "viewer"] as const satisfies OrgRole[];

export interface Permission {
  /** What it lets somebody do: after "can". */
  can: string;
  /** The roles that have it. */
  roles: readonly OrgRole[];
  /** Whether keys and apps can have it. Managing keys, members and payment stays with people. */
  programs: boolean;
  /** Which resources it is narrowed to, beyond "of the organization, and for a key of its environment". */
  rule?: string;
}

const everyone = orgRoles;
const readers = ["owner", "admin", "developer", "viewer"] as const;
const writers = ["owner", "admin", "developer"] as const;
const payers = ["owner", "admin", "billing"] as const;
const managers = ["owner", "admin"] as const;

/**
 * The one table of permissions, also called scopes: what each is, which roles have it, and whether a key or app can. The checks of every call, the
 * table in docs/keys-and-roles.md, the portal's explanations and the API reference come from it.
 */
const table = {
  "inference:write": {
    can: "send requests to models, at your organization’s cost, and cancel them",
    roles: writers,
    programs: true,
  },
  "inference:read": { can: "read the results of requests", roles: readers, programs: true },
  "history:read": {
    can: "read past requests, with what was sent and answered",
    roles: readers,
    programs: true,
  },
  "history:write": { can: "delete past requests", roles: writers, programs: true },
  "usage:read": { can: "see usage and costs", roles: everyone, programs: true },
  "requests:read_all": {
    can: "see everyone’s requests and usage, not only their own",
    roles: ["owner", "admin", "billing", "viewer"],
    programs: true,
    rule: "Reading, canceling and deleting requests, and usage, are of everyone with it and of one’s own without. A developer has it where the organization lets developers see all.",
  },
  "keys:read": { can: "list API keys, never their secrets", roles: readers, programs: true },
  "keys:write": {
    can: "create, change, rotate and revoke API keys, and register apps",
    roles: writers,
    programs: false,
    rule: "No key that can do more than they can; only owners and admins raise the limits of somebody else’s key.",
  },
  "models:read": { can: "see models and prices", roles: everyone, programs: true },
  "members:read": { can: "see who is in the organization", roles: everyone, programs: true },
  "members:write": {
    can: "manage members, provider keys, exports and settings",
    roles: managers,
    programs: false,
    rule: "Only an owner adds, changes or removes an owner, hands over the ownership, or deletes the organization.",
  },
  "billing:read": { can: "see the plan and invoices", roles: payers, programs: true },
  "billing:write": { can: "change the plan, caps and payment", roles: payers, programs: false },
  "webhooks:read": { can: "see webhook endpoints and deliveries", roles: readers, programs: true },
  "webhooks:write": { can: "add, change and delete webhook endpoints", roles: writers, programs: true },
  "audit:read": { can: "read the audit log", roles: managers, programs: true },
} as const satisfies Record<string, Permission>;

export type Scope = keyof typeof table;

export const permissions: Readonly<Record<Scope, Permission>> = table;

/** In the order in which they are stored and shown. */
export const scopes: readonly Scope[] = Object.keys(table).filter(isScope);

export function isScope(text: string): text is Scope {
  return Object.hasOwn(table, text);
}

/** The built-in roles that have a permission. */
export function rolesWith(scope: Scope): readonly OrgRole[] {
  return permissions[scope].roles;
}
