import type { IncomingHttpHeaders } from "node:http";
import { loadUserPrincipal } from "@agathaai/core/accounts";
import { AppError, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { cookieOf } from "./cookie-of";
import { portalCookie, readPortalCookie, toSessionClaims } from "./portal-cookie";
import { isSameOrigin } from "./same-origin";

/**
 * Who is signed in at the portal, of a model call that one of its pages makes with the session cookie and nothing else
 * (ADR 45). Null without a session. Other sites' pages cannot spend a visitor's tokens: the browser says where a call
 * comes from.
 *
 * @throws AppError `insufficient_scope` if another site's page calls.
 */
export async function sessionPrincipal(headers: IncomingHttpHeaders): Promise<UserPrincipal | null> {
  const cookie = cookieOf(headers.cookie, portalCookie().name);
  if (cookie === undefined) return null;
  const { "sec-fetch-site": site, origin, host } = headers;
  if (!isSameOrigin({ site: Array.isArray(site) ? site.join() : site, origin, host })) {
    throw new AppError("insufficient_scope", {
      public: "A call with the portal’s cookie must come from its own pages. Send an API key instead.",
    });
  }
  const claims = await readPortalCookie(cookie);
  return claims === null ? null : await loadUserPrincipal(db(), toSessionClaims(claims));
}
