import { REQUEST_MS } from "@agathaai/core/company-sign-in";
import { SECOND } from "@agathaai/core/platform";
import { cookieOf } from "../cookie-of";
import { portalCookie } from "../portal-cookie";

/** The `Set-Cookie` header by which this browser, and no other, may end the sign-in that it began at its company. */
export function writeHolderCookie(holder: string): string {
  return setCookie(holder, REQUEST_MS / SECOND);
}

export function clearHolderCookie(): string {
  return setCookie("", 0);
}

export function readHolderCookie(header: string | undefined): string | undefined {
  return cookieOf(header, cookieName()) || undefined;
}

function cookieName(): string {
  return portalCookie().name.replace(/session$/, "company");
}

/** `lax`, because the identity provider's redirect brings the browser back. */
function setCookie(value: string, maxAge: number): string {
  const secure = portalCookie().options.secure ? "; Secure" : "";
  return `${cookieName()}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
