import { type OrgRole, orgRoles, type Scope, scopes } from "../../shared/permissions";
import type { Region } from "../../shared/places";
import type { Plan } from "../../shared/plans";

export { type OrgRole, orgRoles, type Scope, scopes };

export type Environment = "live" | "test";

/** What an organization keeps of calls under `/v1`: what a call asks for, all unless a call says no, or never anything. */
export const storagePolicies = ["off", "on", "forbidden"] as const;
export type StoragePolicy = (typeof storagePolicies)[number];

/** An operator stopped an account, an organization or a key: nothing of theirs works until it is reinstated. */
export interface Suspension {
  of: "account" | "organization" | "key";
  /** As its owner reads it. */
  reason: string;
  since: string;
}

interface Caller {
  orgId: string;
  /** `off` where it is not said. */
  storage?: StoragePolicy;
  plan: Plan;
  /** Requests per minute of the organization, from its plan or override. */
  requestsPerMinute: number;
  scopes: ReadonlySet<Scope>;
  environment: Environment;
  /** Prompts go to this region's places and to no others; absent: anywhere. */
  residency?: Region;
  /** HIPAA mode: nothing is kept, and only providers under a business associate agreement are called. */
  hipaa?: boolean;
  /** The organization has keys of its own at providers: `readOwnKeys` has them. */
  ownKeys?: boolean;
}

/** A person signed in, by portal cookie (`session`) or access token (`jwt`). */
export interface UserPrincipal extends Caller {
  kind: "session" | "jwt";
  userId: string;
  sessionId: string;
  role: OrgRole;
  emailVerified: boolean;
  /** Whether the user may use the operator console. It gives no rights inside an organization. */
  operator: boolean;
  /** Only of principals that were asked for even so (`loadPrincipalEvenSuspended`): they may see why, and leave. */
  suspension?: Suspension;
  /** Has a second factor: an authenticator app or a passkey. */
  secondFactor?: boolean;
  /** The organization requires a second factor and the person has none: they may only add one. */
  factorMissing?: boolean;
  /** The organization wants them signed in through their company, and they are not: they may only do that, or leave. */
  companyMissing?: boolean;
}

/** A program with an API key or a service account's token. It acts for the organization, not for a person. */
export interface KeyPrincipal extends Caller {
  kind: "key";
  /** Of a service account, its own id: it is metered and limited by the key of this id. */
  apiKeyId: string;
  /** It called with a service account's token. */
  serviceAccount?: true;
  /** The key and those it was rotated from and to, where it sees only their requests; absent: itself alone. */
  chain?: readonly string[];
  /** The key whose monthly spend counts: the first of its chain of rotations, usually itself. */
  spendId: string;
  /** The member who created the key, for usage by member; null when that person is gone. */
  userId: string | null;
  /** Empty means every model. */
  models: readonly string[];
  rpmLimit: number | null;
  /** How long the response cache keeps answers to its calls under `/v1`; absent: only where a call asks. */
  cacheTtlSeconds?: number;
}

/**
 * An app of a third party with an access token. It acts for a person in one of their organizations, with what they granted
 * it and never more than their role has now.
 */
export interface AppPrincipal extends Caller {
  kind: "app";
  appId: string;
  grantId: string;
  userId: string;
  role: OrgRole;
  emailVerified: boolean;
  /** As of the person it acts for. */
  factorMissing?: boolean;
}

export type Principal = UserPrincipal | KeyPrincipal | AppPrincipal;

/** What a principal that is no person is called where it is told what it can't do. */
export function nameOfPrograms(principal: KeyPrincipal | AppPrincipal): string {
  if (principal.kind === "app") return "Apps";
  return principal.serviceAccount ? "Service accounts" : "API keys";
}
