import { type Limit, peekLimit } from "../limits";
import { type Clock, MINUTE, SECOND, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { defaultEnvironment } from "../platform/environment";
import type { Principal } from "../platform/principal";
import { getCallerQuota } from "./get-token-quota";
import type { RateLimitView } from "./schemas";

/** What the caller may still do: requests of this minute and tokens of this month. Looking takes nothing from either. */
export async function getRateLimit(
  db: Db,
  { principal }: { principal: Principal },
  clock: Clock = systemClock,
): Promise<RateLimitView> {
  const keyLimit = keyLimitOf(principal);
  const [requests, keyRequests, quota] = await Promise.all([
    look(db, planLimitOf(principal)),
    keyLimit === null ? null : look(db, keyLimit),
    getCallerQuota(db, { principal, at: clock.now() }),
  ]);
  return {
    plan: principal.plan,
    requests,
    key_requests: keyRequests,
    tokens: {
      limit: quota.limit,
      used: quota.used,
      reserved: quota.reserved,
      remaining: quota.remaining,
      reset_at: quota.resetsAt.toISOString(),
    },
  };
}

async function look(db: Db, limit: Limit): Promise<RateLimitView["requests"]> {
  const decision = await peekLimit(db, limit);
  return {
    limit: decision.limit,
    remaining: Math.max(0, decision.remaining),
    reset_at: decision.resetAt.toISOString(),
    window_seconds: limit.windowMs / SECOND,
  };
}

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
