import { loadPrincipalEvenSuspended } from "@agathaai/core/accounts";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { cookies } from "next/headers";
import { portalCookie, readPortalCookie, toSessionClaims } from "./portal-cookie";

/**
 * The user signed in at the portal, or null. The cookie alone is not enough: its session is looked up each time, so that
 * sign-outs, role changes and password resets take effect within five seconds. It comes also of a suspended account or
 * organization, which pages show (`principal.suspension`) and every procedure refuses.
 */
export async function getPortalPrincipal(): Promise<UserPrincipal | null> {
  const jar = await cookies();
  const claims = await readPortalCookie(jar.get(portalCookie().name)?.value);
  return claims === null ? null : await loadPrincipalEvenSuspended(db(), toSessionClaims(claims));
}
