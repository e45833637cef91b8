import { isRefreshToken, loadUserPrincipal, verifyAccessToken } from "@agathaai/core/accounts";
import { verifyApiKey, verifyKnownKey } from "@agathaai/core/keys";
import { isAppToken, resolveAppToken } from "@agathaai/core/oauth";
import { AppError, type Principal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { isServiceToken, resolveServiceToken } from "@agathaai/core/service-accounts";

export interface Credentials {
  /** The `Authorization` header. */
  authorization: string | null | undefined;
  /** The `x-api-key` header. */
  apiKeyHeader: string | null | undefined;
  /** The caller's IP address, as reported by trusted proxies. */
  ip: string | null;
}

/**
 * The principal of a call: an API key in either header, or an access token in `Authorization`, a person's, an app's or a service account's. Null
 * without credentials. Invalid credentials are refused, and so are two different ones.
 * @throws AppError of status 401, or `ip_not_allowed`.
 */
export async function resolvePrincipal({
  authorization,
  apiKeyHeader,
  ip,
}: Credentials): Promise<Principal | null> {
  const bearer = readBearer(authorization);
  const apiKey = apiKeyHeader?.trim() || undefined;
  if (bearer !== undefined && apiKey !== undefined && bearer !== apiKey) {
    throw new AppError("invalid_api_key", {
      public: "Authorization and x-api-key hold different credentials. Send one of them.",
      param: "x-api-key",
    });
  }
  if (apiKey !== undefined) return await verifyApiKey(db(), apiKey, { ip });
  if (bearer === undefined) return null;
  return isToken(bearer) ? await byAccessToken(bearer, ip) : await verifyApiKey(db(), bearer, { ip });
}

const KEY_HEADER = "Bearer agt_";

/**
 * The principal of the usual call, at once: a key alone, in `Authorization`, that was read within the last five seconds. Undefined for any
 * other, which `resolvePrincipal` looks into.
 * @throws AppError as it does.
 */
export function resolveKnownKey({ authorization, apiKeyHeader, ip }: Credentials): Principal | undefined {
  if (apiKeyHeader !== undefined || !authorization?.startsWith(KEY_HEADER)) return undefined;
  return verifyKnownKey(db(), authorization.slice("Bearer ".length), { ip });
}

/**
 * Anything that is not a token counts as a key: people who come from another provider usually send that provider's key by
 * mistake, and the refusal should say so.
 */
function isToken(bearer: string): boolean {
  return bearer.split(".").length === 3 || isRefreshToken(bearer);
}

async function byAccessToken(token: string, ip: string | null): Promise<Principal> {
  if (isServiceToken(token)) return await resolveServiceToken(db(), token, { ip });
  if (isAppToken(token)) return await resolveAppToken(db(), token);
  const claims = await verifyAccessToken(token);
  const principal = await loadUserPrincipal(db(), { kind: "jwt", ...claims });
  if (principal !== null) return principal;
  throw new AppError("invalid_access_token", {
    public: "The session of this access token has ended. Sign in again.",
    internal: "access token refused: its session is not active",
  });
}

function readBearer(authorization: string | null | undefined): string | undefined {
  const header = authorization?.trim();
  if (!header) return undefined;
  const token = /^Bearer +(?<token>\S+)$/i.exec(header)?.groups?.token;
  if (token !== undefined) return token;
  throw new AppError("missing_credentials", {
    public: 'The Authorization header must be "Bearer" and an API key or access token, separated by a space.',
    param: "Authorization",
  });
}
