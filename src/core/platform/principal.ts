import type { Plan } from "../../shared/plans";

/** What a caller may do, by the action's name. Scopes of a key are a subset of what its maker's role allows. */
export const scopes = [
  "inference:write",
  "inference:read",
  "history:read",
  "history:write",
  "usage:read",
  "keys:read",
  "keys:write",
  "models:read",
  "members:read",
  "members:write",
  "billing:read",
  "billing:write",
  "webhooks:read",
  "webhooks:write",
  "audit:read",
] as const;

export type Scope = (typeof scopes)[number];
export const orgRoles = ["owner", "admin", "developer", "billing", "viewer"] as const;
export type OrgRole = (typeof orgRoles)[number];
export type Environment = "live" | "test";

interface Caller {
  orgId: string;
  plan: Plan;
  /** Model requests a minute of the whole organization: its plan's, or what was agreed with it alone. */
  requestsPerMinute: number;
  scopes: ReadonlySet<Scope>;
  environment: Environment;
}

/** A person signed in, by portal cookie (`session`) or access token (`jwt`). */
export interface UserPrincipal extends Caller {
  kind: "session" | "jwt";
  userId: string;
  sessionId: string;
  role: OrgRole;
  emailVerified: boolean;
  /** One of ours, who may use the operator console; says nothing about rights inside any organization. */
  operator: boolean;
}

/** A program with an API key. It acts for its organization and for no person. */
export interface KeyPrincipal extends Caller {
  kind: "key";
  apiKeyId: string;
  /** The key whose monthly spend it adds to: the first of its chain of rotations, mostly itself. */
  spendId: string;
  /** The member who made the key, for usage by member; null once that person is gone. */
  userId: string | null;
  /** Empty means every model. */
  models: readonly string[];
  rpmLimit: number | null;
}

export type Principal = UserPrincipal | KeyPrincipal;
