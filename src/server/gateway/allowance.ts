import { type Allowance, admission } from "@agathaai/core/admission";
import { takePermit } from "@agathaai/core/limits";
import {
  type Db,
  defaultEnvironment,
  type Environment,
  type Principal,
  SECOND,
} from "@agathaai/core/platform";
import { withTimeout } from "@agathaai/core/platform/concurrency/with-timeout";
import { tooMany } from "@agathaai/core/quota";
import { toAppError } from "../errors/to-app-error";
import { controlLimit } from "../trpc/middleware/rate-limit";
import type { Exchange } from "./exchange";

/** How long an answer that calls no model waits for the figures of its headers: no longer than a refusal waits to be counted. */
const ALLOWANCE_MS = SECOND;
/** How long a refusal waits to be counted. */
const COUNT_MS = SECOND;

/** How a caller's limits stand, where that is known soon; an answer itself does not depend on it. */
export async function lookAtAllowance(
  caller: Principal | undefined,
  environment?: Environment,
): Promise<Allowance | undefined> {
  if (caller === undefined) return undefined;
  try {
    const looking = admission().allowance(caller, environment ?? defaultEnvironment(caller));
    return await withTimeout(looking, ALLOWANCE_MS);
  } catch {
    return undefined;
  }
}

/**
 * Counts a call that runs no model, and announces what is left of the caller's requests and tokens.
 * @throws AppError `rate_limit_exceeded`.
 */
export async function takeControlCall(db: Db, exchange: Exchange, caller: Principal): Promise<void> {
  const [control, allowance] = await Promise.all([
    takePermit(db, controlLimit(caller)),
    lookAtAllowance(caller),
  ]);
  const ofControl = { scope: "control", ...control, remaining: Math.max(0, control.remaining) };
  const { requests = ofControl, tokens = null } = allowance ?? {};
  exchange.allow({ requests: requests.remaining < ofControl.remaining ? requests : ofControl, tokens });
  if (!control.allowed) throw tooMany(control, "calls");
}

/** A refusal that was not counted as a request counts like a call without a model: too many are refused as such. */
export async function countedRefusal(db: Db, caller: Principal, error: unknown): Promise<unknown> {
  if (toAppError(error).status >= 500) return error;
  try {
    const control = await withTimeout(takePermit(db, controlLimit(caller)), COUNT_MS);
    return control.allowed ? error : tooMany(control, "calls");
  } catch {
    return error;
  }
}
