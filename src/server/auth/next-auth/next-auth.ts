import {
  completeProviderSignIn,
  endSession,
  findProviderChallenge,
  loadPrincipalEvenSuspended,
  loginInputSchema,
  loginToPortal,
  SESSION_SECONDS,
  type SessionRef,
  secondFactorCode,
  signInWithProvider,
  touchSession,
} from "@agathaai/core/accounts";
import { completeCompanySignIn } from "@agathaai/core/company-sign-in";
import { revokeKeysAndInvitations } from "@agathaai/core/members";
import { AppError } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import { headers } from "next/headers";
import type { AuthOptions, User } from "next-auth";
import type { JWT } from "next-auth/jwt";
import CredentialsProvider from "next-auth/providers/credentials";
import { z } from "zod";
import { ownPath } from "../../../shared/own-path";
import { keepBrowserCookie } from "../browser-cookie";
import { callerContextOf } from "../caller-context";
import { clearPasskeyCookie } from "../passkey-cookie";
import { portalClaimsSchema, portalCookie, toPortalClaims, toSessionClaims } from "../portal-cookie";
import { clearChallengeCookie, readChallengeCookie, writeChallengeCookie } from "./challenge-cookie";
import { oauthProviders } from "./oauth-providers";
import { type CredentialHeaders, passkeyProvider, presentedPasskey } from "./passkey-provider";

declare module "next-auth" {
  interface User {
    /** The `sessions` row of this sign-in; its ids go into the cookie. */
    session?: SessionRef;
  }
}

/** `error` values of the sign-in page that differ from the codes of `AppError`. */
const PROVIDER_ERRORS: Partial<Record<string, string>> = { email_taken: "OAuthAccountNotLinked" };

const providerProfileSchema = z.object({
  email: z.string().nullish(),
  email_verified: z.boolean().nullish(),
  name: z.string().nullish(),
});

/**
 * Sign-in at the portal. next-auth handles the protocol (CSRF token, OAuth with state and PKCE, the encrypted cookie);
 * `core/accounts` alone decides who may sign in and whether a session is active. next-auth itself never links accounts:
 * there is no adapter, and `allowDangerousEmailAccountLinking` is not used. Our own `Set-Cookie` headers are added to `cookies`.
 */
export function authOptions(cookies: string[] = []): AuthOptions {
  return {
    secret: env().NEXTAUTH_SECRET,
    session: { strategy: "jwt", maxAge: SESSION_SECONDS },
    useSecureCookies: portalCookie().options.secure,
    cookies: { sessionToken: portalCookie() },
    pages: { signIn: "/sign-in", error: "/sign-in" },
    providers: [
      passwordProvider(cookies),
      secondFactorProvider(cookies),
      passkeyProvider({ cookies, callerContextOf, codeOf }),
      ...oauthProviders(),
    ],
    callbacks: {
      signIn: async ({ user, account, profile }) => {
        return account?.type === "oauth" ? await signInByProvider(user, account, profile, cookies) : true;
      },
      jwt: async ({ token, user }) => {
        return user?.session === undefined ? await keepIfActive(token) : toPortalClaims(user.session);
      },
      // next-auth wants an absolute URL.
      redirect: ({ url, baseUrl }) => new URL(ownPath(url, baseUrl) ?? "/", baseUrl).href,
      // The browser learns only that it has a session; everything else comes from the API.
      session: ({ session }) => ({ expires: session.expires }),
    },
    events: {
      signOut: async ({ token }) => {
        const claims = portalClaimsSchema.safeParse(token);
        if (claims.success) await endSession(db(), toSessionClaims(claims.data));
      },
    },
    logger: {
      error: (code, metadata) => {
        // next-auth removes a cookie whose session has ended, which is normal.
        const level = code === "JWT_SESSION_ERROR" ? "debug" : "error";
        log()[level]({ code: safeCode(code), reason: errorName(metadata) }, "portal sign-in");
      },
      warn: (code) => log().warn({ code: safeCode(code) }, "portal sign-in"),
      debug: () => undefined,
    },
  };
}

function passwordProvider(cookies: string[]) {
  return CredentialsProvider({
    id: "credentials",
    credentials: { email: {}, password: {}, totp: {}, passkey: {} },
    /** Throws an error with the code alone, because next-auth puts it into the response's URL. */
    authorize: async (credentials, request): Promise<User | null> => {
      const { email, password, totp, passkey } = credentials ?? {};
      const input = loginInputSchema.safeParse({ email, password, ...(totp ? { totp } : {}) });
      if (!input.success) throw new Error("invalid_login");
      try {
        const headers: CredentialHeaders = request.headers ?? {};
        const caller = callerContextOf(headers);
        const session = await loginToPortal(db(), {
          ...input.data,
          ...(passkey && { passkey: presentedPasskey(passkey, headers) }),
          ...caller,
        });
        cookies.push(keepBrowserCookie(caller.browser));
        if (passkey) cookies.push(clearPasskeyCookie());
        return { id: session.userId, session };
      } catch (error) {
        throw new Error(codeOf(error));
      }
    },
  });
}

/** The second screen of a sign-in with Google, GitHub or a company. That of a password sends the password again, with the code. */
function secondFactorProvider(cookies: string[]) {
  return CredentialsProvider({
    id: "second-factor",
    credentials: { totp: {}, passkey: {} },
    authorize: async (credentials, request): Promise<User | null> => {
      const headers: CredentialHeaders = request.headers ?? {};
      const challenge = await readChallengeCookie(
        typeof headers.cookie === "string" ? headers.cookie : undefined,
      );
      const { passkey } = credentials ?? {};
      const totp = secondFactorCode.optional().safeParse(credentials?.totp);
      if (challenge === null) throw new Error("invalid_login");
      if (!totp.success) throw new Error("second_factor_invalid");
      try {
        const caller = callerContextOf(headers);
        const factor = {
          totp: totp.data,
          ...(passkey && { passkey: presentedPasskey(passkey, headers) }),
          ...caller,
        };
        const session =
          challenge.provider === "company"
            ? await completeCompanySignIn(db(), { challenge, ...factor })
            : await completeProviderSignIn(db(), { ...challenge, ...factor });
        cookies.push(
          keepBrowserCookie(caller.browser),
          clearChallengeCookie(),
          ...(passkey ? [clearPasskeyCookie()] : []),
        );
        return { id: session.userId, session };
      } catch (error) {
        throw new Error(codeOf(error));
      }
    },
  });
}

async function signInByProvider(
  user: User,
  account: { provider: string; providerAccountId: string },
  profile: unknown,
  cookies: string[],
): Promise<true | string> {
  const provider = z.enum(["google", "github"]).parse(account.provider);
  const { providerAccountId } = account;
  const { email, email_verified, name } = providerProfileSchema.parse(profile);
  const caller = callerContextOf(Object.fromEntries(await headers()));
  try {
    user.session = await signInWithProvider(db(), {
      provider,
      providerAccountId,
      email: email ?? null,
      emailVerified: email_verified === true,
      name: name ?? null,
      revokeKeysAndInvitations,
      ...caller,
    });
    cookies.push(keepBrowserCookie(caller.browser));
    return true;
  } catch (error) {
    const code = codeOf(error);
    if (code === "second_factor_required") {
      const challenge = await findProviderChallenge(db(), { provider, providerAccountId });
      cookies.push(await writeChallengeCookie(challenge));
      return "/sign-in?step=code";
    }
    return `/sign-in?${new URLSearchParams({ error: PROVIDER_ERRORS[code] ?? code }).toString()}`;
  }
}

/** Runs when the cookie is renewed. Throwing makes next-auth remove it. */
async function keepIfActive(token: JWT): Promise<JWT> {
  const claims = portalClaimsSchema.parse(token);
  const session = toSessionClaims(claims);
  const principal = await loadPrincipalEvenSuspended(db(), session);
  if (principal === null) throw new Error("the session has ended");
  await touchSession(db(), principal);
  return claims;
}

function codeOf(error: unknown): string {
  if (error instanceof AppError && error.status < 500) return error.code;
  log().error({ err: error }, "portal sign-in failed");
  return error instanceof AppError ? error.code : "internal_error";
}

/** next-auth's codes are words in capitals; anything else came from a caller and is not logged. */
function safeCode(code: string): string {
  return /^[A-Z][A-Z_]{0,63}$/.test(code) ? code : "unknown";
}

/** Only the error's name is logged, because provider errors can quote tokens and email addresses. */
function errorName(metadata: unknown): string | undefined {
  if (metadata instanceof Error) return metadata.name;
  if (typeof metadata !== "object" || metadata === null || !("error" in metadata)) return undefined;
  return metadata.error instanceof Error ? metadata.error.name : undefined;
}
