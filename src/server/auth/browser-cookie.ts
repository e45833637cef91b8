import { DAY, SECOND } from "@agathaai/core/platform";
import { cookieOf } from "./cookie-of";
import { portalCookie } from "./portal-cookie";

/** As long as a device is remembered; each sign-in begins it anew. */
const MAX_AGE_SECONDS = (90 * DAY) / SECOND;
/** What `randomToken` makes: nothing else is taken. */
const SECRET = /^[\w-]{43}$/;

/**
 * The secret by which the portal knows a browser again when somebody signs in, on whatever network. It gives no access: it
 * only decides whether the person is told of a new device.
 */
export function readBrowserCookie(header: string | undefined): string | undefined {
  const value = cookieOf(header, cookieName());
  return value !== undefined && SECRET.test(value) ? value : undefined;
}

/** The `Set-Cookie` header after a sign-in; a failed one sets nothing. */
export function keepBrowserCookie(secret: string): string {
  const secure = portalCookie().options.secure ? "; Secure" : "";
  return `${cookieName()}=${secret}; Path=/; Max-Age=${MAX_AGE_SECONDS}; HttpOnly; SameSite=Lax${secure}`;
}

function cookieName(): string {
  return portalCookie().name.replace(/session$/, "browser");
}
