import { CHALLENGE_MS } from "@agathaai/core/accounts";
import { SECOND } from "@agathaai/core/platform";
import { randomToken } from "@agathaai/core/platform/crypto/hash";
import { cookieOf } from "./cookie-of";
import { portalCookie } from "./portal-cookie";

/** A secret for this browser, by which it and no other may answer the challenge that it gets, and the cookie to set. */
export function newPasskeyHolder(): { holder: string; cookie: string } {
  const holder = randomToken();
  return { holder, cookie: setCookie(holder, CHALLENGE_MS / SECOND) };
}

export function clearPasskeyCookie(): string {
  return setCookie("", 0);
}

export function readPasskeyHolder(header: string | undefined): string | undefined {
  return cookieOf(header, cookieName()) || undefined;
}

function cookieName(): string {
  return portalCookie().name.replace(/session$/, "passkey");
}

function setCookie(value: string, maxAge: number): string {
  const secure = portalCookie().options.secure ? "; Secure" : "";
  return `${cookieName()}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Strict${secure}`;
}
