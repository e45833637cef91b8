import { SESSION_SECONDS, type SessionClaims, type SessionRef } from "@agathaai/core/accounts";
import { env } from "@agathaai/core/platform/env";
import { decode, encode, type JWT } from "next-auth/jwt";
import { z } from "zod";

/** The encrypted content of the portal's cookie: ids of the user and session, no personal data. */
export const portalClaimsSchema = z.object({ sub: z.uuid(), sid: z.uuid(), sv: z.int().min(1) });

export type PortalClaims = z.output<typeof portalClaimsSchema>;

/**
 * Under https the `__Host-` prefix keeps other hosts of the domain, and plain http, from planting a session cookie
 * (RFC 6265bis §4.1.3.2). `lax` keeps other sites' POSTs from carrying it.
 */
export function portalCookie() {
  const secure = env().APP_URL.startsWith("https:");
  return {
    name: secure ? "__Host-agathaai.session" : "agathaai.session",
    options: { httpOnly: true, sameSite: "lax", path: "/", secure, maxAge: SESSION_SECONDS },
  } as const;
}

export function toSessionClaims({ sub, sid, sv }: PortalClaims): SessionClaims {
  return { kind: "session", userId: sub, sessionId: sid, sessionVersion: sv };
}

export function toPortalClaims({ userId, sessionId, sessionVersion }: SessionRef): JWT {
  return { sub: userId, sid: sessionId, sv: sessionVersion };
}

/** The `Set-Cookie` header that signs a browser in, in next-auth's own format. */
export async function writePortalCookie(session: SessionRef): Promise<string> {
  const { name, options } = portalCookie();
  const { secure, maxAge, path } = options;
  const value = await encode({ token: toPortalClaims(session), secret: env().NEXTAUTH_SECRET, maxAge });
  return `${name}=${value}; Path=${path}; Max-Age=${maxAge}; HttpOnly; SameSite=Lax${secure ? "; Secure" : ""}`;
}

/** The claims of a session cookie, or null for a foreign one. Does not check the session behind it. */
export async function readPortalCookie(value: string | undefined): Promise<PortalClaims | null> {
  if (!value) return null;
  try {
    const token = await decode({ token: value, secret: env().NEXTAUTH_SECRET });
    const claims = portalClaimsSchema.safeParse(token);
    return claims.success ? claims.data : null;
  } catch {
    return null;
  }
}
