import type { Limit } from "../limits";
import { MINUTE } from "../platform/clock";
import type { Principal } from "../platform/principal";

/** Model requests a minute, of all keys and members of the organisation together. */
export function planLimitOf({ orgId, requestsPerMinute }: Principal): Limit {
  return { key: `org:${orgId}:plan`, limit: requestsPerMinute, windowMs: MINUTE };
}

/** The limit of a key alone; null for a key without one and for a person. */
export function keyLimitOf(principal: Principal): Limit | null {
  if (principal.kind !== "key" || principal.rpmLimit === null) return null;
  return { key: `key:${principal.apiKeyId}`, limit: principal.rpmLimit, windowMs: MINUTE };
}
