import { startOfMonth } from "../platform/clock";
import type { DbOrTx } from "../platform/db/client";
import { defaultEnvironment } from "../platform/environment";
import type { Principal } from "../platform/principal";
import { getTokenQuota, type TokenQuota } from "./get-token-quota";
import { endOfMonth } from "./month";

/** The tokens this caller may still use. Test requests use none: they have no limit, and see nothing of the live one. */
export async function getCallerQuota(
  db: DbOrTx,
  { principal, at }: { principal: Principal; at: Date },
): Promise<TokenQuota> {
  if (defaultEnvironment(principal) === "live") {
    return await getTokenQuota(db, { orgId: principal.orgId, plan: principal.plan, at });
  }
  const month = { startsAt: startOfMonth(at), resetsAt: endOfMonth(at) };
  return { limit: null, used: 0, reserved: 0, remaining: null, ...month };
}
