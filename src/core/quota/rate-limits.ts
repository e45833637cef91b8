import type { Limit } from "../limits";
import { MINUTE } from "../platform/clock";
import { defaultEnvironment } from "../platform/environment";
import type { Principal } from "../platform/principal";

/**
 * Model requests a minute, of all keys and members of the organization together, each environment for itself: tests
 * that run hot take nothing from what is live.
 */
export function planLimitOf(principal: Principal): Limit {
  const world = defaultEnvironment(principal) === "live" ? "plan" : "plan:test";
  return { key: `org:${principal.orgId}:${world}`, limit: principal.requestsPerMinute, windowMs: MINUTE };
}

/** The limit of a key alone; null for a key without one and for a person. */
export function keyLimitOf(principal: Principal): Limit | null {
  if (principal.kind !== "key" || principal.rpmLimit === null) return null;
  return { key: `key:${principal.apiKeyId}`, limit: principal.rpmLimit, windowMs: MINUTE };
}
