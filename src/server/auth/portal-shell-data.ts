import { getMe } from "@agathaai/core/accounts";
import { getBilling } from "@agathaai/core/billing";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";

/** What the portal's shell (menu, header) shows of the signed-in user, read once with the page. */
export interface PortalShellData {
  me: Awaited<ReturnType<typeof getMe>>;
  /** Null for roles that may not read billing, and until they have signed in through their company. */
  billing: Awaited<ReturnType<typeof getBilling>> | null;
}

export async function getPortalShellData(principal: UserPrincipal): Promise<PortalShellData> {
  const [me, billing] = await Promise.all([
    getMe(db(), principal),
    principal.scopes.has("billing:read") && principal.companyMissing !== true
      ? getBilling(db(), principal)
      : null,
  ]);
  return { me, billing };
}
