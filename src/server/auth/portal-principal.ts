import { loadUserPrincipal } from "@agathaai/core/accounts";
import { db } from "@agathaai/core/platform/db/client";
import type { UserPrincipal } from "@agathaai/core/platform/principal";
import { cookies } from "next/headers";
import { portalCookie, readPortalCookie, toSessionClaims } from "./portal-cookie";

/**
 * The person signed in at the portal, or null. The cookie alone proves nothing: its session is looked up each time, so
 * signing out anywhere, a changed role or a password reset take effect within five seconds.
 */
export async function getPortalPrincipal(): Promise<UserPrincipal | null> {
  const jar = await cookies();
  const claims = await readPortalCookie(jar.get(portalCookie().name)?.value);
  return claims === null ? null : await loadUserPrincipal(db(), toSessionClaims(claims));
}
