import { ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit, type Limit, type LimitDecision, peekLimit } from "@agathaai/core/limits";
import { plans } from "@agathaai/core/plans";
import { MINUTE, SECOND } from "@agathaai/core/platform/clock";
import { AppError } from "@agathaai/core/platform/errors";
import { FreshCache } from "@agathaai/core/platform/fresh-cache";
import { log } from "@agathaai/core/platform/observability/log";
import type { Principal } from "@agathaai/core/platform/principal";
import { getCallerQuota, keyLimitOf, planLimitOf, type TokenQuota } from "@agathaai/core/quota";
import type { Context } from "../context";
import type { Allowance } from "../meta";

/** Calls a minute that run no model: enough to poll many requests every second, too few to hammer the database. */
const CONTROL_PER_MINUTE = 1_200;
/** Calls a minute of one person in the portal: every page many times a minute, in several tabs. */
const PORTAL_PER_MINUTE = 600;
/**
 * Calls a minute that ask Stripe or read a whole ledger, of one organization, whoever makes them: the billing page,
 * which makes three, reloaded every two seconds.
 */
const COSTLY_PER_MINUTE = 90;
/** Whose limit a header speaks of: the key's own, the plan's, that of calls that run no model, that of costly ones, or an address's. */
export const limitNames = ["key", "plan", "control", "costly", "address"] as const;

/** Calls a minute without a caller (sign-up, sign-in …), by address; each of them has finer throttles of its own. */
const ADDRESS_PER_MINUTE = 120;

/**
 * Takes one call out of the caller's allowance and states on the answer the limit that binds first: of those that this
 * caller's requests count against, the one with the least left. A refusal states the limit that refused.
 * @throws AppError `rate_limit_exceeded` with the seconds until there is room again.
 */
export async function spendAllowance(ctx: Context, allowance: Allowance): Promise<void> {
  const { principal } = ctx;
  if (principal === null) return spendByAddress(ctx);
  if (allowance === "plan") return spendPlan(ctx, principal);
  const keyLimit = keyLimitOf(principal);
  const [control, costly, plan, key] = await Promise.all([
    consumeLimit(ctx.db, controlLimit(principal)),
    allowance === "costly" ? consumeLimit(ctx.db, costlyLimit(principal)) : undefined,
    recently.requests.get(worldOf(principal), () => peekLimit(ctx.db, planLimitOf(principal))),
    keyLimit && recently.requests.get(keyLimit.key, () => peekLimit(ctx.db, keyLimit)),
    stateRecentTokens(ctx, principal),
  ]);
  if (!control.allowed) {
    stateRequests(ctx.responseHeaders, { control });
    throw exceeded(control, "calls");
  }
  if (costly !== undefined && !costly.allowed) {
    stateRequests(ctx.responseHeaders, { costly });
    throw exceeded(costly, "calls of this kind");
  }
  stateRequests(ctx.responseHeaders, { control, costly, plan, key });
}

async function spendByAddress(ctx: Context): Promise<void> {
  const decision = await consumeLimit(ctx.db, {
    key: `address:${ipFingerprint(ctx.ip)}`,
    limit: ADDRESS_PER_MINUTE,
    windowMs: MINUTE,
  });
  stateRequests(ctx.responseHeaders, { address: decision });
  if (!decision.allowed) throw exceeded(decision, "calls from your network address");
}

/** The key's own limit goes first, so that a key at its limit takes nothing from the other keys of its organization. */
async function spendPlan(ctx: Context, principal: Principal): Promise<void> {
  const keyLimit = keyLimitOf(principal);
  const key = keyLimit && (await consumeLimit(ctx.db, keyLimit));
  if (keyLimit !== null) recently.requests.drop(keyLimit.key);
  if (key !== null && !key.allowed) {
    stateRequests(ctx.responseHeaders, { key });
    throw exceeded(key, "requests of this API key");
  }
  const plan = await consumeLimit(ctx.db, planLimitOf(principal));
  recently.requests.drop(worldOf(principal));
  stateRequests(ctx.responseHeaders, plan.allowed ? { plan, key } : { plan });
  if (!plan.allowed) throw exceeded(plan, `requests of the ${plans[principal.plan].name} plan`);
}

/** What limits are held for: an organization's two environments have one each. */
function worldOf(principal: Principal): string {
  return planLimitOf(principal).key;
}

/** A person's clicks are counted apart: neither a program of the organization nor a colleague can use them up. */
function controlLimit(principal: Principal): Limit {
  if (principal.kind === "session")
    return { key: `user:${principal.userId}:portal`, limit: PORTAL_PER_MINUTE, windowMs: MINUTE };
  const limit = Math.max(CONTROL_PER_MINUTE, 10 * principal.requestsPerMinute);
  return { key: `org:${principal.orgId}:control`, limit, windowMs: MINUTE };
}

function costlyLimit({ orgId }: Principal): Limit {
  return { key: `org:${orgId}:costly`, limit: COSTLY_PER_MINUTE, windowMs: MINUTE };
}

type LimitName = (typeof limitNames)[number];
type Decisions = Partial<Record<LimitName, LimitDecision | null | undefined>>;

/** Of limits with as little left, the one that is back last. */
function stateRequests(headers: Headers, decisions: Decisions): void {
  const [first] = limitNames
    .flatMap((name) => (decisions[name] ? [{ name, ...decisions[name] }] : []))
    .sort((a, b) => a.remaining - b.remaining || b.resetAt.getTime() - a.resetAt.getTime());
  if (first === undefined) return;
  const { name, limit, remaining, resetAt } = first;
  headers.set("x-ratelimit-scope", name);
  headers.set("x-ratelimit-limit-requests", String(limit));
  headers.set("x-ratelimit-remaining-requests", String(Math.max(0, remaining)));
  headers.set("x-ratelimit-reset-requests", String(secondsUntil(resetAt)));
}

/**
 * What the answers of calls that run no model say of the plan's allowance may be a second old, or not even that when
 * it was spent here: such calls come often, and two reads each to say how little has changed cost more than the call.
 */
const recently = {
  requests: new FreshCache<LimitDecision>({ maxAgeMs: SECOND, maxEntries: 10_000 }),
  tokens: new FreshCache<TokenQuota>({ maxAgeMs: SECOND, maxEntries: 10_000 }),
  /** Organizations without a limit of tokens: there is nothing to read for their headers. */
  unlimited: new FreshCache<boolean>({ maxAgeMs: 5 * SECOND, maxEntries: 10_000 }),
};

/**
 * States what is left of the month's tokens, this call's own included; an unlimited plan has nothing to state. Never
 * fails a call: the quota itself is enforced where tokens are reserved.
 */
export async function stateTokens(ctx: Context, principal: Principal): Promise<void> {
  recently.tokens.drop(worldOf(principal));
  await stateQuota(ctx, principal, () => readQuota(ctx, principal));
}

async function stateRecentTokens(ctx: Context, principal: Principal): Promise<void> {
  await stateQuota(ctx, principal, () =>
    recently.tokens.get(worldOf(principal), () => readQuota(ctx, principal)),
  );
}

async function stateQuota(
  ctx: Context,
  principal: Principal,
  read: () => Promise<TokenQuota>,
): Promise<void> {
  try {
    const unlimited = await recently.unlimited.get(
      worldOf(principal),
      async () => (await readQuota(ctx, principal)).limit === null,
    );
    if (unlimited) return;
    const { limit, remaining, resetsAt } = await read();
    if (limit === null || remaining === null) return;
    ctx.responseHeaders.set("x-ratelimit-limit-tokens", String(limit));
    ctx.responseHeaders.set("x-ratelimit-remaining-tokens", String(remaining));
    ctx.responseHeaders.set("x-ratelimit-reset-tokens", String(secondsUntil(resetsAt)));
  } catch (error) {
    log().warn({ err: error, request_id: ctx.requestId }, "the token quota could not be read for headers");
  }
}

function readQuota(ctx: Context, principal: Principal): Promise<TokenQuota> {
  return getCallerQuota(ctx.db, { principal, at: new Date() });
}

function exceeded(decision: LimitDecision, what: string): AppError {
  const seconds = secondsUntil(decision.resetAt);
  const resetAt = decision.resetAt.toISOString().slice(11, 19);
  return new AppError("rate_limit_exceeded", {
    public: `Too many ${what}: ${decision.limit.toLocaleString("en-US")} per minute are allowed. Try again in ${seconds} s, at ${resetAt} UTC.`,
    retryAfterSeconds: seconds,
  });
}

function secondsUntil(at: Date): number {
  return Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1_000));
}
