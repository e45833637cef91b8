import { plans } from "../../shared/plans";
import { type Limit, type LimitDecision, peekLimit, takeHeldPermit, takePermit } from "../limits";
import {
  AppError,
  type Clock,
  type Db,
  defaultEnvironment,
  MINUTE,
  type Principal,
  SECOND,
  systemClock,
} from "../platform";
import { getCallerQuota } from "./get-token-quota";
import type { RateLimitView } from "./schemas";

/** The caller's remaining requests this minute and tokens this month. Reading uses up neither. */
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

export interface RequestCount {
  /** Null for a caller without a limit of their own. */
  key: LimitDecision | null;
  /** Null where the key's own limit has refused. */
  plan: LimitDecision | null;
  refusal?: AppError;
}

/**
 * Counts one model request. The key's own limit comes first, so that a key at its limit takes nothing from its
 * organization's other keys.
 */
export async function takeRequest(db: Db, principal: Principal): Promise<RequestCount> {
  const keyLimit = keyLimitOf(principal);
  const key = keyLimit && (await takePermit(db, keyLimit));
  if (key !== null && !key.allowed) {
    return { key, plan: null, refusal: tooMany(key, "requests of this API key") };
  }
  const plan = await takePermit(db, planLimitOf(principal));
  if (plan.allowed) return { key, plan };
  return { key: null, plan, refusal: tooMany(plan, `requests of the ${plans[principal.plan].name} plan`) };
}

/**
 * The same at once, where this process holds a permit of the plan and the key has no limit of its own; undefined elsewhere, and then nothing
 * was counted.
 */
export function takeHeldRequest(principal: Principal): RequestCount | undefined {
  if (keyLimitOf(principal) !== null) return undefined;
  const plan = takeHeldPermit(planLimitOf(principal));
  return plan?.allowed ? { key: null, plan } : undefined;
}

/** The error for a per-minute limit; `what` names what there were too many of. */
export function tooMany({ limit, resetAt }: LimitDecision, what: string): AppError {
  const seconds = Math.max(1, Math.ceil((resetAt.getTime() - Date.now()) / SECOND));
  const at = resetAt.toISOString().slice(11, 19);
  return new AppError("rate_limit_exceeded", {
    public: `Too many ${what}: ${limit.toLocaleString("en-US")} per minute are allowed. Try again in ${seconds} s, at ${at} UTC.`,
    retryAfterSeconds: seconds,
  });
}

/** The organization's requests per minute, counted per environment, so that heavy testing takes nothing from live. */
export function planLimitOf(principal: Principal): Limit {
  const known = planLimits.get(principal);
  if (known !== undefined) return known;
  const world = defaultEnvironment(principal) === "live" ? "plan" : "plan:test";
  const limit = {
    key: `org:${principal.orgId}:${world}`,
    limit: principal.requestsPerMinute,
    windowMs: MINUTE,
  };
  planLimits.set(principal, limit);
  return limit;
}

/** A principal is read once for all calls of some seconds, and never changes. */
const planLimits = new WeakMap<Principal, Limit>();

/** The limit of one key; null for a key without one, and for a person. */
export function keyLimitOf(principal: Principal): Limit | null {
  if (principal.kind !== "key" || principal.rpmLimit === null) return null;
  return { key: `key:${principal.apiKeyId}`, limit: principal.rpmLimit, windowMs: MINUTE };
}
