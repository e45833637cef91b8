import { reachOf } from "../../platform/environment";
import type { Principal } from "../../platform/principal";

/** The keys that a caller may see: an organization's, and of those a key only its own environment's. */
export function visibleKeys(principal: Principal) {
  const { orgId, environment } = reachOf(principal);
  return { orgId, ...(environment !== "all" && { environment }) };
}
