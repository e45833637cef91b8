import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import {
  calculateJwkThumbprint,
  errors,
  exportJWK,
  type JSONWebKeySet,
  type JWK,
  type JWTPayload,
  jwtVerify,
  SignJWT,
} from "jose";
import { z } from "zod";
import { AppError, type Clock, MINUTE, publicId, SECOND, systemClock, toPublicId } from "../../platform";
import { refusalByIssuer } from "../../platform/cell/own-cell";
import { singleton } from "../../platform/concurrency/singleton";
import { randomToken } from "../../platform/crypto/hash";
import { env } from "../../platform/env";

/** Lifetime of an access token. Its session is also checked at each use. */
export const ACCESS_TOKEN_MS = 15 * MINUTE;
const TYPE = "at+jwt";
/** Allowed difference between the clocks of our hosts. */
const SKEW_SECONDS = 10;
/** Ours have about 900 characters. */
const MAX_TOKEN = 4_096;

export interface AccessClaims {
  userId: string;
  sessionId: string;
  sessionVersion: number;
  orgId: string;
}

export interface AccessTokenOptions {
  /** PEM, RSA of at least 2048 bits. */
  privateKey: string;
  /** PEM blocks of retired signing keys, which still verify and are published. */
  previousPublicKeys?: string | undefined;
  issuer: string;
  audience: string;
  /** What is said of a token that another cell issued; undefined for any other. */
  refusalOfForeign?: ((token: string) => AppError | undefined) | undefined;
}

const claimsSchema = z.object({
  sub: publicId("usr"),
  sid: publicId("ses"),
  org: publicId("org"),
  sv: z.int().min(1),
});

/**
 * Access tokens after RFC 9068, signed with RS256 alone. The key is chosen by `kid` among our own and the algorithm is
 * pinned, so neither `alg: none` nor an HMAC made with the public key gets through (RFC 8725 §3.1).
 */
export class AccessTokens {
  readonly #options: AccessTokenOptions;
  readonly #privateKey: KeyObject;
  readonly #keys = new Map<string, { key: KeyObject; jwk: JWK }>();

  private constructor(options: AccessTokenOptions) {
    this.#options = options;
    this.#privateKey = createPrivateKey(options.privateKey);
  }

  static async create(options: AccessTokenOptions): Promise<AccessTokens> {
    const tokens = new AccessTokens(options);
    await tokens.#publish(createPublicKey(options.privateKey));
    for (const pem of splitPem(options.previousPublicKeys ?? "")) {
      await tokens.#publish(createPublicKey(pem));
    }
    return tokens;
  }

  async sign(claims: AccessClaims, clock: Clock = systemClock): Promise<string> {
    const now = Math.floor(clock.now().getTime() / SECOND);
    return await new SignJWT({
      sid: toPublicId("ses", claims.sessionId),
      org: toPublicId("org", claims.orgId),
      sv: claims.sessionVersion,
    })
      .setProtectedHeader({ alg: "RS256", typ: TYPE, kid: this.#signingKid() })
      .setSubject(toPublicId("usr", claims.userId))
      .setIssuer(this.#options.issuer)
      .setAudience(this.#options.audience)
      .setIssuedAt(now)
      .setNotBefore(now - SKEW_SECONDS)
      .setExpirationTime(now + ACCESS_TOKEN_MS / SECOND)
      .setJti(randomToken(16))
      .sign(this.#privateKey);
  }

  /** @throws AppError `access_token_expired` for one of ours that is too old, `invalid_access_token` for all else. */
  async verify(token: string, clock: Clock = systemClock): Promise<AccessClaims> {
    const claims = claimsSchema.safeParse(
      await this.payload(token, { issuer: this.#options.issuer, required: ["nbf"] }, clock),
    );
    if (!claims.success) throw invalid("a claim is missing or malformed");
    const { sub, sid, org, sv } = claims.data;
    return { userId: sub, sessionId: sid, sessionVersion: sv, orgId: org };
  }

  /** RFC 7517, public halves only: the signing key first, then the previous ones. */
  jwks(): JSONWebKeySet {
    return { keys: [...this.#keys.values()].map(({ jwk }) => jwk) };
  }

  /** The private key as the OAuth provider takes it, which signs with the same one. */
  async signingJwk(): Promise<JWK> {
    return { ...(await exportJWK(this.#privateKey)), kid: this.#signingKid(), alg: "RS256", use: "sig" };
  }

  /**
   * The claims of an access token under our keys, for our API and in force; what they name is for the caller to check.
   * @throws AppError `access_token_expired`, `wrong_region`, `invalid_access_token`.
   */
  async payload(
    token: string,
    { issuer, required }: { issuer: string; required: readonly string[] },
    clock: Clock,
  ): Promise<JWTPayload> {
    if (token.length > MAX_TOKEN) throw invalid("longer than any of ours");
    try {
      const { payload } = await jwtVerify(token, ({ kid }) => this.#keyOf(kid), {
        algorithms: ["RS256"],
        typ: TYPE,
        issuer,
        audience: this.#options.audience,
        requiredClaims: ["sub", "exp", "iat", "jti", ...required],
        currentDate: clock.now(),
      });
      return payload;
    } catch (error) {
      if (error instanceof errors.JWTExpired) {
        throw new AppError("access_token_expired", {
          public: "The access token has expired. Use your refresh token to get a new one.",
        });
      }
      throw (
        this.#options.refusalOfForeign?.(token) ??
        invalid(error instanceof errors.JOSEError ? error.code : "not a token", error)
      );
    }
  }

  #keyOf(kid: string | undefined): KeyObject {
    const known = kid === undefined ? undefined : this.#keys.get(kid);
    if (known === undefined) throw new errors.JWKSNoMatchingKey();
    return known.key;
  }

  #signingKid(): string {
    const [kid] = this.#keys.keys();
    if (kid === undefined) throw new Error("the signing key was not published");
    return kid;
  }

  async #publish(key: KeyObject): Promise<void> {
    const bits = key.asymmetricKeyDetails?.modulusLength ?? 0;
    if (key.asymmetricKeyType !== "rsa" || bits < 2_048) {
      throw new Error("JWT keys must be RSA of at least 2048 bits");
    }
    const { kty, n, e } = await exportJWK(key);
    const jwk = { kty, n, e } as JWK;
    const kid = await calculateJwkThumbprint(jwk);
    this.#keys.set(kid, { key, jwk: { ...jwk, kid, alg: "RS256", use: "sig" } });
  }
}

function invalid(internal: string, cause?: unknown): AppError {
  return new AppError("invalid_access_token", {
    public: "The access token is not valid. Sign in again, or refresh it.",
    internal: `access token refused: ${internal}`,
    cause,
  });
}

function splitPem(text: string): string[] {
  return text.match(/-----BEGIN [A-Z ]+-----[^-]+-----END [A-Z ]+-----/g) ?? [];
}

/** The key set of the environment, read on first use. */
export const accessTokens = singleton("access tokens", () =>
  AccessTokens.create({
    refusalOfForeign: refusalByIssuer,
    privateKey: env().JWT_PRIVATE_KEY,
    previousPublicKeys: env().JWT_PREVIOUS_PUBLIC_KEYS,
    issuer: env().JWT_ISSUER,
    audience: env().JWT_AUDIENCE,
  }),
);

/** Does not check the session behind the token. @throws AppError `access_token_expired` or `invalid_access_token`. */
export async function verifyAccessToken(token: string, clock: Clock = systemClock): Promise<AccessClaims> {
  return await (await accessTokens()).verify(token, clock);
}

/**
 * The claims of a token that the OAuth provider issued to an app.
 * @throws AppError `access_token_expired` or `invalid_access_token`.
 */
export async function verifyIssuedToken(
  token: string,
  { issuer }: { issuer: string },
  clock: Clock = systemClock,
): Promise<JWTPayload> {
  return await (await accessTokens()).payload(token, { issuer, required: ["client_id", "scope"] }, clock);
}

/** The private signing key: for the OAuth provider of this process, never for a response. */
export async function signingJwk(): Promise<JWK> {
  return await (await accessTokens()).signingJwk();
}

/** The body of `/.well-known/jwks.json`. */
export async function jwks(): Promise<JSONWebKeySet> {
  return (await accessTokens()).jwks();
}
