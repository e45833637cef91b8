import { z } from "zod";
import { verifyIssuedToken } from "../../accounts";
import { AppError, type AppPrincipal, type Clock, type Db, publicId, systemClock } from "../../platform";
import { type AppClaims, loadAppPrincipal } from "./app-principal";
import { issuer } from "./issuer";

const claimsSchema = z.object({
  sub: publicId("usr"),
  org: publicId("org"),
  client_id: publicId("app"),
  grant: publicId("agr"),
  scope: z.string(),
});

/** Whether the text looks like a token that an app holds. Says nothing of its validity. */
export function isAppToken(token: string): boolean {
  const [, payload = ""] = token.split(".");
  try {
    const claims: unknown = JSON.parse(Buffer.from(payload, "base64url").toString("utf8"));
    return typeof claims === "object" && claims !== null && "client_id" in claims;
  } catch {
    return false;
  }
}

/** @throws AppError `access_token_expired` or `invalid_access_token`. Does not check the grant behind the token. */
export async function verifyAppToken(
  token: string,
  clock: Clock = systemClock,
): Promise<AppClaims & { expiresAt: number; issuedAt: number; id: string }> {
  const payload = await verifyIssuedToken(token, { issuer: issuer() }, clock);
  const claims = claimsSchema.safeParse(payload);
  if (!claims.success) throw ended("a claim is missing or malformed");
  const { sub, org, client_id: appId, grant, scope } = claims.data;
  return {
    userId: sub,
    orgId: org,
    appId,
    grantId: grant,
    scopes: scope.split(" "),
    expiresAt: payload.exp ?? 0,
    issuedAt: payload.iat ?? 0,
    id: payload.jti ?? "",
  };
}

/** The principal of an app's access token. @throws AppError of status 401. */
export async function resolveAppToken(
  db: Db,
  token: string,
  clock: Clock = systemClock,
): Promise<AppPrincipal> {
  const principal = await loadAppPrincipal(db, await verifyAppToken(token, clock), clock);
  if (principal === null) throw ended("its grant has ended");
  return principal;
}

function ended(internal: string): AppError {
  return new AppError("invalid_access_token", {
    public:
      "The access token is not valid: the person or the app may have ended the connection. Connect again.",
    internal: `access token of an app refused: ${internal}`,
  });
}
