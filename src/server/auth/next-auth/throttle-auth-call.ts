import { ipFingerprint } from "@agathaai/core/accounts";
import { consumeLimit } from "@agathaai/core/limits";
import { AppError, MINUTE, SECOND } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { addressOf } from "../../trpc/portal/portal-context";

/** Calls per minute per IP address: a sign-in takes two, a page one. Passwords have their own, finer limits. */
const CALLS_PER_MINUTE = 300;

/** @throws AppError `rate_limit_exceeded`. */
export async function throttleAuthCall(request: Request): Promise<void> {
  const { allowed, resetAt } = await consumeLimit(db(), {
    key: `auth:address:${ipFingerprint(addressOf(request))}`,
    limit: CALLS_PER_MINUTE,
    windowMs: MINUTE,
  });
  if (allowed) return;
  throw new AppError("rate_limit_exceeded", {
    public: "Too many sign-in calls from your IP address. Wait a moment, then try again.",
    retryAfterSeconds: Math.max(1, Math.ceil((resetAt.getTime() - Date.now()) / SECOND)),
  });
}
