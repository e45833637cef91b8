import type { ProviderChallenge } from "@agathaai/core/accounts";
import type { CompanyChallenge } from "@agathaai/core/company-sign-in";
import { MINUTE, SECOND } from "@agathaai/core/platform";
import { env } from "@agathaai/core/platform/env";
import { decode, encode } from "next-auth/jwt";
import { z } from "zod";
import { cookieOf } from "../cookie-of";
import { portalCookie } from "../portal-cookie";

/** How long a person may look for their phone. */
const MAX_AGE_SECONDS = (10 * MINUTE) / SECOND;
/** A key of its own, so that this cookie never reads as a session, nor a session as this. */
const SALT = "second-factor";

const ofPerson = { sub: z.uuid(), sv: z.int().min(1) };
const challengeSchema = z.discriminatedUnion("provider", [
  z.object({ ...ofPerson, provider: z.literal("google") }),
  z.object({ ...ofPerson, provider: z.literal("github") }),
  z.object({ ...ofPerson, provider: z.literal("company"), con: z.uuid() }),
]);

/** A sign-in of another site, ours no further than to the account's own second factor. */
type WaitingSignIn = ProviderChallenge | ({ provider: "company" } & CompanyChallenge);

/** The `Set-Cookie` header by which this browser, and no other, may end a provider's sign-in with a code. */
export async function writeChallengeCookie(challenge: WaitingSignIn): Promise<string> {
  const { userId, sessionVersion, provider } = challenge;
  const connection = provider === "company" ? { con: challenge.connectionId } : {};
  const token = { sub: userId, sv: sessionVersion, provider, ...connection };
  const value = await encode({ token, secret: env().NEXTAUTH_SECRET, salt: SALT, maxAge: MAX_AGE_SECONDS });
  return setCookie(value, MAX_AGE_SECONDS);
}

export function clearChallengeCookie(): string {
  return setCookie("", 0);
}

/** The sign-in that waits in this browser, or null. */
export async function readChallengeCookie(header: string | undefined): Promise<WaitingSignIn | null> {
  const value = cookieOf(header, cookieName());
  if (!value) return null;
  try {
    const token = await decode({ token: value, secret: env().NEXTAUTH_SECRET, salt: SALT });
    const claims = challengeSchema.safeParse(token);
    if (!claims.success) return null;
    const { sub: userId, sv: sessionVersion, provider } = claims.data;
    if (provider === "company") return { userId, sessionVersion, provider, connectionId: claims.data.con };
    return { userId, sessionVersion, provider };
  } catch {
    return null;
  }
}

function cookieName(): string {
  return portalCookie().name.replace(/session$/, "second-factor");
}

function setCookie(value: string, maxAge: number): string {
  const secure = portalCookie().options.secure ? "; Secure" : "";
  return `${cookieName()}=${value}; Path=/; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure}`;
}
