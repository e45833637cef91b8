import type { Credentials } from "../../../shared/format/credentials";
import { type Bytes, sha256 } from "../../platform/crypto/hash";

/** What the client secret of every service account begins with; no API key does. */
export const SERVICE_SECRET_PREFIX = "agt_svc_";

/**
 * What is hashed in place of a secret for the key by which a service account is metered. It does not have the form of a key, so nobody
 * can call with it; the account's tokens find the key by this hash.
 */
export function serviceKeyName(id: string): string {
  return `service-account:${id}`;
}

export function serviceKeyHash(id: string): Bytes {
  return sha256(serviceKeyName(id));
}

/** How a token of a service account that was ended on its own is recorded: by its expiry and ID, which it carries. */
export function revocationOf({ tokenId, expiresAt }: { tokenId: string; expiresAt: number }): string {
  return `${expiresAt}.${tokenId}`;
}

/** Whether a key is that of a service account. */
export function isServiceKey({ prefix }: { prefix: string }): boolean {
  return prefix.startsWith(SERVICE_SECRET_PREFIX);
}

/** How many of these are API keys, and how many service accounts. */
export function credentialsIn(rows: readonly { prefix: string }[]): Credentials {
  const serviceAccounts = rows.filter(isServiceKey).length;
  return { keys: rows.length - serviceAccounts, serviceAccounts };
}

/** Leaves the keys of service accounts out of what is about API keys. */
export const noServiceKeys = { NOT: { prefix: { startsWith: SERVICE_SECRET_PREFIX } } };
