import type { OrgRole } from "@agathaai/core/platform";

/** Ids of one tenant's things, in the form customers see; key and inference of one environment. */
export interface Things {
  organization: string;
  /** Not the owner. */
  member: string;
  /** A member whom the organization could be handed to. */
  successor: string;
  session: string;
  passkey: string;
  invitation: string;
  /** A custom role that nobody has. */
  role: string;
  key: string;
  serviceAccount: string;
  /** Its own key at a model provider. */
  providerKey: string;
  /** Completed. */
  inference: string;
  /** A call whose answer is kept. */
  generation: string;
  /** Registered by it, and connected by its owner. */
  app: string;
  webhook: string;
  webhookDelivery: string;
  /** That the key was created. */
  auditEntry: string;
  /** Of its owner's own data, ready. */
  export: string;
  /** Verified. */
  domain: string;
  /** By which its company's directory calls. */
  directoryToken: string;
  /** Of that directory, without members. */
  directoryGroup: string;
}

export interface Entry {
  /** Roles that may make the call; `anyone` needs no credentials, `operators` are ours and no customer is one. */
  roles: readonly OrgRole[] | "anyone" | "operators";
  /** Whether a key with every scope may. */
  keys: boolean;
  /** How a call names a tenant's things. */
  input: (things: Things) => unknown;
  /** `thing`: the one it is about, 404 when it is not there. `filter`: what a list is narrowed to. */
  names: "thing" | "filter" | "nothing";
}

/** Every organization of the matrix is called so, for what asks for its name. */
export const ORGANIZATION_NAME = "Agate Works";

/** Of the emailed link of every export of the matrix: the link alone opens nothing. */
export const EXPORT_TOKEN = "A".repeat(43);

export const everyone = ["owner", "admin", "developer", "billing", "viewer"] as const;
export const readers = ["owner", "admin", "developer", "viewer"] as const;
export const writers = ["owner", "admin", "developer"] as const;
export const managers = ["owner", "admin"] as const;
export const payers = ["owner", "admin", "billing"] as const;

type Access = Pick<Entry, "roles" | "keys">;
export const people = (roles: readonly OrgRole[]): Access => ({ roles, keys: false });
export const also = (roles: readonly OrgRole[]): Access => ({ roles, keys: true });
export const open: Access = { roles: "anyone", keys: true };
export const operators: Access = { roles: "operators", keys: false };

/** Reads or changes the caller's own alone; nothing can be named. */
export const own = (access: Access, input: unknown = {}): Entry => ({
  ...access,
  input: () => input,
  names: "nothing",
});
/**
 * Would end the test's own callers, or costs money: asked with a field too much, which is refused after the rights. Only
 * for what can name no id, which a test makes sure of; the secrets in mails (of invitations, of addresses) are
 * rights in themselves.
 */
export const spoilt = (access: Access): Entry => own(access, { "not a field": true });
export const about = (access: Access, input: Entry["input"]): Entry => ({ ...access, input, names: "thing" });
export const narrowed = (access: Access, input: Entry["input"]): Entry => ({
  ...access,
  input,
  names: "filter",
});
