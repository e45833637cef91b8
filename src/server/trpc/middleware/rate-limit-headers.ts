import type { LimitDecision } from "@agathaai/core/limits";
import { type Principal, SECOND } from "@agathaai/core/platform";
import { FreshCache } from "@agathaai/core/platform/fresh-cache";
import { log } from "@agathaai/core/platform/observability/log";
import { getCallerQuota, planLimitOf, type TokenQuota } from "@agathaai/core/quota";
import type { Context, ResponseHeaders } from "../context";

/** The limit that the headers describe: the key's, the plan's, that of calls that run no model, that of costly calls, or an IP address's. */
export const limitNames = ["key", "plan", "control", "costly", "address"] as const;

type LimitName = (typeof limitNames)[number];
type Decisions = Partial<Record<LimitName, LimitDecision | null | undefined>>;

/** Names the limit with the least left; of several such, the one that resets last. */
export function setRequestHeaders(headers: ResponseHeaders, decisions: Decisions): void {
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
 * Calls that run no model come often (polling), and reading limits and quota for their headers cost more than the call
 * itself: their headers may be a second old, and never older than the last call that this process counted.
 */
export const recentLimits = new FreshCache<LimitDecision>({ maxAgeMs: SECOND, maxEntries: 10_000 });
const recentTokens = new FreshCache<TokenQuota>({ maxAgeMs: SECOND, maxEntries: 10_000 });
/** Whether an organization has no token limit: then there is nothing to read for its headers. */
const unlimited = new FreshCache<boolean>({ maxAgeMs: 5 * SECOND, maxEntries: 10_000 });

/** An organization's two environments have a limit each. */
function cacheKey(principal: Principal): string {
  return planLimitOf(principal).key;
}

/**
 * Sets the headers of the month's tokens, this call's own included; an unlimited plan has none. Never fails a call: the
 * quota itself is enforced where tokens are reserved.
 */
export async function setTokenHeaders(ctx: Context, principal: Principal): Promise<void> {
  recentTokens.drop(cacheKey(principal));
  await setQuotaHeaders(ctx, principal, () => readQuota(ctx, principal));
}

export async function setRecentTokenHeaders(ctx: Context, principal: Principal): Promise<void> {
  await setQuotaHeaders(ctx, principal, () =>
    recentTokens.get(cacheKey(principal), () => readQuota(ctx, principal)),
  );
}

async function setQuotaHeaders(
  ctx: Context,
  principal: Principal,
  read: () => Promise<TokenQuota>,
): Promise<void> {
  try {
    const isUnlimited = await unlimited.get(
      cacheKey(principal),
      async () => (await readQuota(ctx, principal)).limit === null,
    );
    if (isUnlimited) return;
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

export function secondsUntil(at: Date): number {
  return Math.max(1, Math.ceil((at.getTime() - Date.now()) / 1_000));
}
