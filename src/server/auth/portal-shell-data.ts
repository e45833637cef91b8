import { getMe } from "@agathaai/core/accounts";
import { getBilling } from "@agathaai/core/billing";
import { db } from "@agathaai/core/platform/db/client";
import type { UserPrincipal } from "@agathaai/core/platform/principal";

/** What every page of the portal shows of its reader: read once, with the page itself. */
export interface PortalShellData {
  me: Awaited<ReturnType<typeof getMe>>;
  /** Null for roles that do not see the bill. */
  billing: Awaited<ReturnType<typeof getBilling>> | null;
}

export async function getPortalShellData(principal: UserPrincipal): Promise<PortalShellData> {
  const [me, billing] = await Promise.all([
    getMe(db(), principal),
    principal.scopes.has("billing:read") ? getBilling(db(), principal) : null,
  ]);
  return { me, billing };
}
