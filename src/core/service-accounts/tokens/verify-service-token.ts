import { z } from "zod";
import { verifyIssuedToken } from "../../accounts";
import { verifyServiceKey } from "../../keys";
import { issuer } from "../../oauth";
import { AppError, type Clock, type Db, type KeyPrincipal, publicId, systemClock } from "../../platform";

const claimsSchema = z.object({
  sub: publicId("sva"),
  client_id: publicId("sva"),
  org: publicId("org"),
  gen: z.int().min(1),
  scope: z.string(),
});

/** What a service account's token says, once its signature, audience and time are verified. */
export interface ServiceClaims {
  id: string;
  orgId: string;
  generation: number;
  scopes: readonly string[];
  expiresAt: number;
  issuedAt: number;
  tokenId: string;
}

/** Whether the text looks like a token of a service account. Says nothing of its validity. */
export function isServiceToken(token: string): boolean {
  const [, payload = ""] = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return (
      typeof claims === "object" &&
      claims !== null &&
      "client_id" in claims &&
      typeof claims.client_id === "string" &&
      claims.client_id.startsWith("sva_")
    );
  } catch {
    return false;
  }
}

/** @throws AppError `access_token_expired` or `invalid_access_token`. Does not check the account behind the token. */
export async function verifyServiceToken(token: string, clock: Clock = systemClock): Promise<ServiceClaims> {
  const payload = await verifyIssuedToken(token, { issuer: issuer() }, clock);
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success || claims.data.sub !== claims.data.client_id) {
    throw ended("a claim is missing or malformed");
  }
  const { sub, org, gen, scope } = claims.data;
  return {
    id: sub,
    orgId: org,
    generation: gen,
    scopes: scope.split(" "),
    expiresAt: payload.exp ?? 0,
    issuedAt: payload.iat ?? 0,
    tokenId: payload.jti ?? "",
  };
}

/**
 * Who a service account's token acts for. `ip` is the caller's address as far as trusted proxies vouch for it.
 * @throws AppError of status 401; `suspended`, `ip_not_allowed`.
 */
export async function resolveServiceToken(
  db: Db,
  token: string,
  { ip }: { ip: string | null },
  clock: Clock = systemClock,
): Promise<KeyPrincipal> {
  const claims = await verifyServiceToken(token, clock);
  const principal = await verifyServiceKey(db, claims, { ip }, clock);
  if (principal === undefined) throw ended("the account is disabled or gone, or the token was ended");
  return principal;
}

function ended(internal: string): AppError {
  return new AppError("invalid_access_token", {
    public: "The access token is not valid: its service account may be disabled or deleted. Get a new token.",
    internal: `access token of a service account refused: ${internal}`,
  });
}
