import {
  type ArtifactKind,
  apiResource,
  consumeArtifact,
  deleteArtifact,
  endGrant,
  findArtifact,
  findClient,
  findGrant,
  identityScopes,
  type LivingGrant,
  saveArtifact,
} from "@agathaai/core/oauth";
import { AppError, type Db, fromPublicId, SECOND, toPublicId } from "@agathaai/core/platform";
import { type Adapter, type AdapterPayload, errors } from "oidc-provider";

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

const nothingKept: Adapter = {
  upsert: async () => {},
  find: async () => undefined,
  findByUid: async () => undefined,
  findByUserCode: async () => undefined,
  consume: async () => {},
  destroy: async () => {},
  revokeByGrantId: async () => {},
};

class ArtifactAdapter implements Adapter {
  constructor(
    private readonly kind: ArtifactKind,
    private readonly db: () => Db,
  ) {}

  async upsert(secret: string, payload: AdapterPayload, seconds: number): Promise<void> {
    const grantId = payload.grantId === undefined ? null : (uuidOf("agr", payload.grantId) ?? null);
    await saveArtifact(this.db(), { kind: this.kind, secret, payload: { ...payload }, grantId, seconds });
  }

  async find(secret: string): Promise<AdapterPayload | undefined> {
    const found = await findArtifact(this.db(), { kind: this.kind, secret });
    if (found === undefined) return undefined;
    const { payload, consumedAt } = found;
    return { ...payload, ...(consumedAt && { consumed: Math.floor(consumedAt.getTime() / SECOND) }) };
  }

  /**
   * Concurrent exchanges can both find the code unused. The one that loses ends the grant, as a later exchange would.
   */
  async consume(secret: string): Promise<void> {
    if (await consumeArtifact(this.db(), { kind: this.kind, secret })) return;
    const grantId = (await this.find(secret))?.grantId;
    if (grantId !== undefined) await end(this.db(), grantId);
    throw new errors.InvalidGrant("already used");
  }

  async destroy(secret: string): Promise<void> {
    await deleteArtifact(this.db(), { kind: this.kind, secret });
  }

  findByUid = nothingKept.findByUid;
  findByUserCode = nothingKept.findByUserCode;

  async revokeByGrantId(grantId: string): Promise<void> {
    await end(this.db(), grantId);
  }
}

/** The library ends a grant when a code or refresh token is used twice, and when the app revokes one. */
async function end(db: Db, id: string): Promise<void> {
  const grantId = uuidOf("agr", id);
  if (grantId !== undefined) await endGrant(db, { grantId });
}

function uuidOf(prefix: "agr" | "app", id: string): string | undefined {
  try {
    return fromPublicId(prefix, id);
  } catch (error) {
    if (error instanceof AppError) return undefined;
    throw error;
  }
}

async function clientMetadata(db: Db, id: string): Promise<AdapterPayload | undefined> {
  const appId = uuidOf("app", id);
  const client = appId && (await findClient(db, appId));
  if (!client) return undefined;
  return {
    client_id: id,
    client_name: client.name,
    client_uri: client.homepageUrl,
    redirect_uris: client.redirectUris,
    scope: [...client.scopes, "offline_access"].join(" "),
    grant_types: ["authorization_code", "refresh_token"],
    response_types: ["code"],
    // The library would accept any loopback port of a `native` app; a `web` app's redirect URI is compared exactly.
    application_type: "web",
    ...(client.confidential
      ? { token_endpoint_auth_method: "client_secret_basic", client_secret: SECRET_ELSEWHERE }
      : { token_endpoint_auth_method: "none" }),
  };
}

/** The library requires a secret here. We store only a hash, and `isAppSecret` compares with it. */
const SECRET_ELSEWHERE = "kept-as-a-hash";

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
