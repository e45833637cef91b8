import { ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit, type Limit, peekLimit, takePermit } from "@agathaai/core/limits";
import { MINUTE, type Principal } from "@agathaai/core/platform";
import { keyLimitOf, planLimitOf, takeRequest, tooMany } from "@agathaai/core/quota";
import type { Context } from "../context";
import type { RateLimitClass } from "../meta";
import { recentLimits, setRecentTokenHeaders, setRequestHeaders } from "./rate-limit-headers";

/** Calls per minute that run no model: enough to poll many requests every second, too few to overload the database. */
const CONTROL_PER_MINUTE = 1_200;
/** Calls per minute of one person in the portal: every page many times per minute, in several tabs. */
const PORTAL_PER_MINUTE = 600;
/**
 * Calls per minute of one organization that ask Stripe or read a whole ledger: enough for the billing page, which makes
 * three, reloaded every two seconds.
 */
const COSTLY_PER_MINUTE = 90;
/** Calls per minute without a caller (sign-up, sign-in …), per IP address; each has finer throttles of its own. */
const ADDRESS_PER_MINUTE = 120;

/**
 * Counts one call against the caller's limits and sets the response's headers to the limit that binds first: the one
 * with the least left. A refusal names the limit that refused.
 * @throws AppError `rate_limit_exceeded` with the seconds until a call fits again.
 */
export async function consumeRateLimit(ctx: Context, limitClass: RateLimitClass): Promise<void> {
  const { principal } = ctx;
  if (principal === null) return consumeByAddress(ctx);
  if (limitClass === "plan") return consumePlan(ctx, principal);
  const keyLimit = keyLimitOf(principal);
  const [control, costly, plan, key] = await Promise.all([
    takePermit(ctx.db, controlLimit(principal)),
    limitClass === "costly" ? consumeLimit(ctx.db, costlyLimit(principal)) : undefined,
    recentLimits.get(planLimitOf(principal).key, () => peekLimit(ctx.db, planLimitOf(principal))),
    keyLimit && recentLimits.get(keyLimit.key, () => peekLimit(ctx.db, keyLimit)),
    setRecentTokenHeaders(ctx, principal),
  ]);
  if (!control.allowed) {
    setRequestHeaders(ctx.responseHeaders, { control });
    throw tooMany(control, "calls");
  }
  if (costly !== undefined && !costly.allowed) {
    setRequestHeaders(ctx.responseHeaders, { costly });
    throw tooMany(costly, "calls of this kind");
  }
  setRequestHeaders(ctx.responseHeaders, { control, costly, plan, key });
}

async function consumeByAddress(ctx: Context): Promise<void> {
  const decision = await consumeLimit(ctx.db, {
    key: `address:${ipFingerprint(ctx.ip)}`,
    limit: ADDRESS_PER_MINUTE,
    windowMs: MINUTE,
  });
  setRequestHeaders(ctx.responseHeaders, { address: decision });
  if (!decision.allowed) throw tooMany(decision, "calls from your network address");
}

async function consumePlan(ctx: Context, principal: Principal): Promise<void> {
  const { key, plan, refusal } = await takeRequest(ctx.db, principal);
  const keyLimit = keyLimitOf(principal);
  if (keyLimit !== null) recentLimits.drop(keyLimit.key);
  recentLimits.drop(planLimitOf(principal).key);
  setRequestHeaders(ctx.responseHeaders, { plan, key });
  if (refusal !== undefined) throw refusal;
}

/** A person's clicks are counted apart: neither a program of the organization nor a colleague can use them up. */
export function controlLimit(principal: Principal): Limit {
  if (principal.kind === "session")
    return { key: `user:${principal.userId}:portal`, limit: PORTAL_PER_MINUTE, windowMs: MINUTE };
  const limit = Math.max(CONTROL_PER_MINUTE, 10 * principal.requestsPerMinute);
  return { key: `org:${principal.orgId}:control`, limit, windowMs: MINUTE };
}

function costlyLimit({ orgId }: Principal): Limit {
  return { key: `org:${orgId}:costly`, limit: COSTLY_PER_MINUTE, windowMs: MINUTE };
}
