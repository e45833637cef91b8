import { revocationOf } from "@agathaai/core/keys";
import { endGrant, issuer, loadAppPrincipal, verifyAppToken } from "@agathaai/core/oauth";
import { AppError, type Db, toPublicId } from "@agathaai/core/platform";
import {
  findServiceClient,
  revokeServiceToken,
  type ServiceClaims,
  verifyServiceToken,
} from "@agathaai/core/service-accounts";
import type { KoaContextWithOIDC } from "oidc-provider";
import { paths } from "../paths";

/**
 * Introspection (RFC 7662) and revocation (RFC 7009) of access tokens. The library authenticates the app, but answers
 * `unsupported_token_type` for signed tokens, because it knows only those that it stores. This middleware replaces that
 * refusal with the response.
 */
export function answerForSignedTokens(db: () => Db) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    const introspects = ctx.path === paths.introspect;
    if (!(introspects || ctx.path === paths.revoke) || !refusedAsSigned(ctx.body)) return;
    const token = ctx.oidc.params?.token;
    const clientId = ctx.oidc.client?.clientId;
    if (typeof token !== "string" || clientId === undefined) return;
    if (clientId.startsWith("sva_")) {
      const claims = await ownServiceToken(token, clientId);
      ctx.status = 200;
      ctx.body = "";
      if (introspects) ctx.body = claims ? await introspectServiceToken(db(), claims) : { active: false };
      else if (claims) await revokeOne(ctx, db(), claims);
      return;
    }
    const claims = await verifiedBy(() => verifyAppToken(token));
    const own = claims !== undefined && toPublicId("app", claims.appId) === clientId ? claims : undefined;
    ctx.status = 200;
    if (!introspects) {
      // Another app's token or a forged one gets the same response and changes nothing (RFC 7009 §2.2).
      if (own !== undefined) await endGrant(db(), { grantId: own.grantId });
      ctx.body = "";
      return;
    }
    const principal = own && (await unlessSuspended(() => loadAppPrincipal(db(), own)));
    ctx.body =
      own === undefined || !principal
        ? { active: false }
        : {
            active: true,
            iss: issuer(),
            client_id: clientId,
            sub: toPublicId("usr", own.userId),
            org: toPublicId("org", own.orgId),
            // The scopes in effect now, which are fewer than those granted if the person's role has changed.
            scope: own.scopes
              .filter((scope) => isIdentity(scope) || principal.scopes.has(scope as never))
              .join(" "),
            token_type: "Bearer",
            exp: own.expiresAt,
            iat: own.issuedAt,
            jti: own.id,
          };
  };
}

/** What a token of this very account says; undefined for any other, or a forged one. */
async function ownServiceToken(token: string, clientId: string): Promise<ServiceClaims | undefined> {
  const claims = await verifiedBy(() => verifyServiceToken(token));
  return claims !== undefined && toPublicId("sva", claims.id) === clientId ? claims : undefined;
}

/**
 * There is no consent behind a service account's token: it ends alone. A client that is told 503 knows that the token still works
 * (RFC 7009 §2.2.1).
 */
async function revokeOne(ctx: KoaContextWithOIDC, db: Db, claims: ServiceClaims): Promise<void> {
  try {
    await revokeServiceToken(db, claims);
  } catch (error) {
    if (!(error instanceof AppError) || error.code !== "service_unavailable") throw error;
    ctx.status = 503;
    ctx.set("retry-after", String(error.retryAfterSeconds ?? 1));
    ctx.body = { error: "temporarily_unavailable", error_description: error.public };
  }
}

/** The account itself asks: from wherever it asks, the token may be used from elsewhere. */
async function introspectServiceToken(db: Db, claims: ServiceClaims) {
  const client = await findServiceClient(db, claims.id);
  if (client === undefined || client.generation !== claims.generation) return { active: false };
  if (client.revokedTokens.includes(revocationOf(claims))) return { active: false };
  const id = toPublicId("sva", claims.id);
  return {
    active: true,
    iss: issuer(),
    client_id: id,
    sub: id,
    org: toPublicId("org", claims.orgId),
    scope: claims.scopes.filter((scope) => client.scopes.some((one) => one === scope)).join(" "),
    token_type: "Bearer",
    exp: claims.expiresAt,
    iat: claims.issuedAt,
    jti: claims.tokenId,
  };
}

const isIdentity = (scope: string) => ["openid", "profile", "email"].includes(scope);

function refusedAsSigned(body: unknown): boolean {
  return (
    typeof body === "object" && body !== null && "error" in body && body.error === "unsupported_token_type"
  );
}

/** A token of whoever is suspended is not active, until they are reinstated; introspection does not say why (RFC 7662 §2.2). */
async function unlessSuspended<T>(load: () => Promise<T>): Promise<T | undefined> {
  try {
    return await load();
  } catch (error) {
    if (error instanceof AppError && error.code === "suspended") return undefined;
    throw error;
  }
}

/** What a token says; undefined for one that is not valid. */
async function verifiedBy<Claims>(verify: () => Promise<Claims>): Promise<Claims | undefined> {
  try {
    return await verify();
  } catch (error) {
    if (error instanceof AppError && error.status === 401) return undefined;
    throw error;
  }
}
