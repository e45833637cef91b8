import type { Credentials } from "../../../shared/format/credentials";
import { type Bytes, sha256 } from "../../platform/crypto/hash";

/** What the client secret of every service account begins with; no API key does. */
export const SERVICE_SECRET_PREFIX = "agt_svc_";

/**
 * What stands where a key's secret would, of the key by which a service account is metered. It has not the form of a key, so nobody
 * gets in with it; the account's tokens find the key by it.
 */
export function serviceKeyName(id: string): string {
  return `service-account:${id}`;
}

export function serviceKeyHash(id: string): Bytes {
  return sha256(serviceKeyName(id));
}

/** How one token of a service account stands among those that were ended one by one: found by what it says of itself. */
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
