import {
  apiResource,
  appScopes,
  type Client,
  findClient,
  findGrant,
  identityScopes,
  type LivingGrant,
} from "@agathaai/core/oauth";
import { AppError, type Db, SECOND, toPublicId } from "@agathaai/core/platform";
import { findServiceClient } from "@agathaai/core/service-accounts";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";
import { ArtifactAdapter, end, nothingKept, uuidOf } from "./artifacts";
import { DeviceArtifacts } from "./device-artifacts";

/**
 * The library's storage, by kind. Apps and grants are our own rows. Sessions are not stored, because each consent
 * checks the portal's session. Access tokens are signed and not stored.
 */
export function adapterFactory(db: () => Db): (kind: string) => Adapter {
  return (kind) => {
    switch (kind) {
      case "Client":
        return { ...nothingKept, find: (id) => clientMetadata(db(), id) };
      case "Grant":
        return {
          ...nothingKept,
          find: async (id) => {
            const grantId = uuidOf("agr", id);
            const grant = grantId && (await findGrant(db(), grantId).catch(refuseSuspended));
            return grant ? grantPayload(grant) : undefined;
          },
          destroy: (id) => end(db(), id),
        };
      case "DeviceCode":
        return new DeviceArtifacts(db);
      case "AuthorizationCode":
      case "Interaction":
      case "RefreshToken":
        return new ArtifactAdapter(kind, db);
      default:
        return nothingKept;
    }
  };
}

/** The app is told why, in the protocol's own form. */
function refuseSuspended(error: unknown): never {
  if (!(error instanceof AppError) || error.code !== "suspended") throw error;
  throw new errors.CustomOIDCProviderError("invalid_grant", error.public);
}

async function clientMetadata(db: Db, id: string): Promise<AdapterPayload | undefined> {
  if (id.startsWith("sva_")) return await serviceMetadata(db, id);
  const appId = uuidOf("app", id);
  const client = appId && (await findClient(db, appId));
  if (!client) return undefined;
  return {
    client_id: id,
    client_name: client.name,
    client_uri: client.homepageUrl,
    redirect_uris: client.redirectUris,
    scope: [...client.scopes, "offline_access"].join(" "),
    ...grantsOf(client),
    // The library would accept any loopback port of a `native` app; a `web` app's redirect URI is compared exactly.
    application_type: "web",
    ...(client.confidential
      ? { token_endpoint_auth_method: "client_secret_basic", client_secret: SECRET_ELSEWHERE }
      : { token_endpoint_auth_method: "none" }),
  };
}

/** Without a redirect URI there is no way back from the authorization endpoint: it is refused there, and devices alone connect it. */
function grantsOf({ redirectUris, deviceFlow }: Client) {
  const redirects = redirectUris.length > 0;
  return {
    grant_types: [
      ...(redirects ? ["authorization_code"] : []),
      "refresh_token",
      ...(deviceFlow ? [DEVICE_GRANT] : []),
    ],
    response_types: redirects ? (["code"] as const) : [],
  };
}

/** A service account gets tokens for itself: it has no person to send anywhere, and no refresh token. */
async function serviceMetadata(db: Db, id: string): Promise<AdapterPayload | undefined> {
  const accountId = uuidOf("sva", id);
  const client = accountId && (await findServiceClient(db, accountId));
  if (!client) return undefined;
  // What no app can have is none of the library's scopes; `getResourceServerInfo` knows it.
  const scope = client.scopes.filter((one) => appScopes.includes(one)).join(" ");
  return {
    client_id: id,
    client_name: client.name,
    redirect_uris: [],
    ...(scope !== "" && { scope }),
    grant_types: ["client_credentials"],
    response_types: [],
    token_endpoint_auth_method: "client_secret_basic",
    client_secret: SECRET_ELSEWHERE,
  };
}

/** The library requires a secret here. We store only a hash, and `isAppSecret` or `isSecretOfService` compares with it. */
const SECRET_ELSEWHERE = "kept-as-a-hash";

const DEVICE_GRANT = "urn:ietf:params:oauth:grant-type:device_code";

function grantPayload({ id, appId, userId, scopes, createdAt, expiresAt }: LivingGrant): AdapterPayload {
  const identity = scopes.filter((scope) => (identityScopes as readonly string[]).includes(scope));
  return {
    kind: "Grant",
    jti: toPublicId("agr", id),
    iat: Math.floor(createdAt.getTime() / SECOND),
    exp: Math.floor(expiresAt.getTime() / SECOND),
    accountId: toPublicId("usr", userId),
    clientId: toPublicId("app", appId),
    ...(identity.length > 0 && { openid: { scope: identity.join(" ") } }),
    resources: { [apiResource()]: scopes.join(" ") },
  };
}
