import { type LimitDecision, peekLimit } from "../limits";
import { AppError, type Db, type Environment, type Principal, SECOND, systemClock } from "../platform";
import { singleton } from "../platform/concurrency/singleton";
import type { Pulse } from "../platform/db/pulse";
import { FreshCache } from "../platform/fresh-cache";
import { getTokenQuota, keyLimitOf, planLimitOf, takeHeldRequest, takeRequest } from "../quota";
import type { Allowance, CallToAdmit } from "./calls/call";
import { unavailable } from "./unavailable";

/** What decides by which limits a call is counted. */
export type Counted = Pick<CallToAdmit, "principal" | "environment">;

const allowances = new WeakMap<AppError, Allowance>();

/** How the limits stood when a call was refused, for the headers of its answer. */
export function allowanceOf(error: unknown): Allowance | undefined {
  return error instanceof AppError ? allowances.get(error) : undefined;
}

export function withAllowance(error: AppError, allowance: Allowance): AppError {
  allowances.set(error, allowance);
  return error;
}

/**
 * Counts a call against the limits on requests of its plan and its key, each environment for itself.
 * @throws AppError `rate_limit_exceeded`, with its allowance; `service_unavailable`.
 */
export async function countRequest(
  db: Db,
  { principal, environment }: Counted,
  pulse: Pulse,
): Promise<Allowance["requests"]> {
  const taking = pulse.watch(takeRequest(db, within(principal, environment)));
  const { key, plan, refusal } = await taking.catch((error: unknown) => {
    throw error instanceof AppError ? error : unavailable(error);
  });
  const requests = tightest(key, plan);
  if (refusal !== undefined) throw withAllowance(refusal, { requests, tokens: null });
  return requests;
}

/** The same at once, where a permit is in memory; undefined elsewhere, and then nothing was counted. */
export function countHeldRequest({ principal, environment }: Counted): Allowance["requests"] | undefined {
  const taken = takeHeldRequest(within(principal, environment));
  return taken && tightest(taken.key, taken.plan);
}

const looks = singleton(
  "looks at allowances",
  () => new FreshCache<Allowance>({ maxAgeMs: SECOND, maxEntries: 10_000 }),
);

/** How a caller's limits stand, up to a second ago. Takes nothing from them. */
export function lookAtAllowance(db: Db, principal: Principal, environment: Environment): Promise<Allowance> {
  const caller = within(principal, environment);
  const [planLimit, keyLimit] = [planLimitOf(caller), keyLimitOf(caller)];
  return looks().get(keyLimit === null ? planLimit.key : `${planLimit.key} ${keyLimit.key}`, async () => {
    const [plan, key, quota] = await Promise.all([
      peekLimit(db, planLimit),
      keyLimit && peekLimit(db, keyLimit),
      environment === "live" ? getTokenQuota(db, { ...caller, at: systemClock.now() }) : undefined,
    ]);
    const { limit = null, remaining = null, resetsAt } = quota ?? {};
    const tokens =
      limit === null || remaining === null || resetsAt === undefined
        ? null
        : { limit, remaining, resetAt: resetsAt };
    return { requests: tightest(key, plan), tokens };
  });
}

function within(principal: Principal, environment: Environment): Principal {
  return principal.environment === environment ? principal : { ...principal, environment };
}

function tightest(key: LimitDecision | null, plan: LimitDecision | null): Allowance["requests"] {
  const ofKey = key !== null && (plan === null || !key.allowed || key.remaining < plan.remaining);
  const decision = ofKey ? key : plan;
  if (decision === null) throw new Error("a call that no limit has counted");
  const { limit, remaining, resetAt } = decision;
  return { scope: ofKey ? "key" : "plan", limit, remaining: Math.max(0, remaining), resetAt };
}
