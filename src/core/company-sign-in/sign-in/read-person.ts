import { authorizationCodeGrant, type Configuration, fetchUserInfo } from "openid-client";
import { z } from "zod";
import { emailSchema, storableName } from "../../accounts";
import { SECOND } from "../../platform";
import { log } from "../../platform/observability/log";
import { emailMissing, signInRefused } from "./refusals";

/** Difference of clocks that is taken for none. */
const SKEW_SECONDS = 30;

const claimsSchema = z.object({
  sub: z.string().min(1).max(512),
  email: z.string().optional(),
  email_verified: z.union([z.boolean(), z.stringbool()]).optional(),
  name: z.string().optional(),
  auth_time: z.number().optional(),
  /** Google's word for the Workspace that the account belongs to. */
  hd: z.string().optional(),
});

export interface CompanyPerson {
  subject: string;
  email: string;
  name: string;
  /** When they proved to their company who they are; now, where it does not say. */
  provenAt: Date;
  /** Google alone: which company's account it is. */
  hostedDomain: string | undefined;
}

export interface CodeToRedeem {
  /** The whole URL that the browser came back with. */
  url: URL;
  state: string;
  nonce: string;
  verifier: string;
  /** Where the person had to sign in anew: since when. */
  provenSince: Date | null;
  now: Date;
}

/**
 * Redeems the code and returns whom the provider names: state, `iss`, PKCE, nonce, signature, audience and times are checked
 * by the library. Providers that keep the ID token short tell the address at their userinfo endpoint.
 * @throws AppError `invalid_login`, `email_not_verified`.
 */
export async function readPerson(provider: Configuration, code: CodeToRedeem): Promise<CompanyPerson> {
  const { provenSince, now } = code;
  const claims = await redeem(provider, code);
  const email = emailSchema.safeParse(claims.email);
  if (!email.success || claims.email_verified === false) throw emailMissing();
  const provenAt = claims.auth_time === undefined ? null : new Date(claims.auth_time * SECOND);
  const from = provenSince === null ? null : provenSince.getTime() - SKEW_SECONDS * SECOND;
  if (from !== null && (provenAt === null || provenAt.getTime() < from)) throw signInRefused();
  return {
    subject: claims.sub,
    email: email.data,
    name: storableName(claims.name) || email.data.slice(0, email.data.indexOf("@")),
    // A time to come would count for longer than it may.
    provenAt: provenAt === null || provenAt > now ? now : provenAt,
    hostedDomain: claims.hd,
  };
}

async function redeem(
  provider: Configuration,
  { url, state, nonce, verifier, provenSince, now }: CodeToRedeem,
) {
  try {
    const tokens = await authorizationCodeGrant(provider, url, {
      expectedState: state,
      expectedNonce: nonce,
      pkceCodeVerifier: verifier,
      idTokenExpected: true,
      ...(provenSince !== null && {
        maxAge: Math.ceil((now.getTime() - provenSince.getTime()) / SECOND) + SKEW_SECONDS,
      }),
    });
    const claims = claimsSchema.parse(tokens.claims());
    if (claims.email !== undefined || provider.serverMetadata().userinfo_endpoint === undefined)
      return claims;
    const more = claimsSchema.parse(await fetchUserInfo(provider, tokens.access_token, claims.sub));
    return { ...more, ...claims, email: more.email, email_verified: more.email_verified };
  } catch (error) {
    // By name and code: messages may quote tokens.
    const code = error instanceof Error && "code" in error ? error.code : undefined;
    log().info({ code }, "a sign-in through a company was refused");
    throw signInRefused(error);
  }
}
