import { ACCESS_TOKEN_MS, decryptPeople, signingJwk } from "@agathaai/core/accounts";
import {
  apiResource,
  appScopes,
  GRANT_DAYS,
  identityScopes,
  isAppSecret,
  issuer,
  touchGrant,
} from "@agathaai/core/oauth";
import { DAY, type Db, fromPublicId, SECOND, toPublicId } from "@agathaai/core/platform";
import { keyedHashes } from "@agathaai/core/platform/crypto/keyed-hash";
import { env } from "@agathaai/core/platform/env";
import { log } from "@agathaai/core/platform/observability/log";
import { findServiceClient, isSecretOfService } from "@agathaai/core/service-accounts";
import Provider, {
  type Configuration,
  errors,
  interactionPolicy,
  type KoaContextWithOIDC,
} from "oidc-provider";
import { paths } from "../paths";
import { adapterFactory } from "./adapter";
import { deviceInfoOf, POLL_SECONDS } from "./device-artifacts";
import { answerForSignedTokens } from "./signed-tokens";

const DAY_SECONDS = DAY / SECOND;
/** A refresh token expires after so many days without use, or with its grant. */
const REFRESH_DAYS = 30;
const CODE_SECONDS = 60;
const DEVICE_CODE_SECONDS = 600;
const INTERACTION_SECONDS = 3_600;

const { Check, Prompt } = interactionPolicy;

/** The OAuth 2.0 authorization server and OpenID provider, on our tables and under our keys (ADR 60). */
export async function createProvider(db: () => Db): Promise<Provider> {
  const secure = issuer().startsWith("https:");
  const name = (text: string) => `${secure ? "__Secure-" : ""}agathaai.${text}`;
  const configuration: Configuration = {
    adapter: adapterFactory(db),
    jwks: { keys: [await signingJwk()] },
    routes: {
      authorization: paths.authorize,
      token: paths.token,
      revocation: paths.revoke,
      introspection: paths.introspect,
      device_authorization: paths.deviceAuthorization,
      // A page of ours (`device.ts`): the library's own is not routed to.
      code_verification: paths.devicePage,
      jwks: "/.well-known/jwks.json",
    },
    discovery: {
      userinfo_endpoint: `${issuer()}${paths.userinfo}`,
      service_documentation: `${issuer()}/docs/oauth`,
    },
    features: {
      // Of service accounts alone: no other client has the grant type (`adapter.ts`).
      clientCredentials: { enabled: true },
      devInteractions: { enabled: false },
      deviceFlow: {
        enabled: true,
        // 20^8 are 34 bits: with few attempts and ten minutes, nothing to guess (RFC 8628 §5.1).
        charset: "base-20",
        mask: "****-****",
        deviceInfo: ({ request }) => deviceInfoOf(request.ip, request.get("user-agent")),
      },
      dPoP: { enabled: false },
      introspection: {
        enabled: true,
        allowedPolicy: (_ctx, client, token) => token.clientId === client.clientId,
      },
      pushedAuthorizationRequests: { enabled: false },
      resourceIndicators: {
        enabled: true,
        defaultResource: () => apiResource(),
        useGrantedResource: () => true,
        getResourceServerInfo: async (ctx, resource, client) => {
          if (resource !== apiResource()) throw new errors.InvalidTarget();
          const scopes = isService(client)
            ? await scopesOfService(db(), ctx, client.clientId)
            : [...identityScopes, ...appScopes];
          return {
            scope: scopes.join(" "),
            audience: env().JWT_AUDIENCE,
            accessTokenFormat: "jwt",
            accessTokenTTL: ACCESS_TOKEN_MS / SECOND,
            jwt: { sign: { alg: "RS256" } },
          };
        },
      },
      revocation: { enabled: true },
      rpInitiatedLogout: { enabled: false },
      // We serve it ourselves (`userinfo.ts`): the library's endpoint refuses tokens that have an audience.
      userinfo: { enabled: false },
    },
    responseTypes: ["code"],
    pkce: { required: () => true },
    clientAuthMethods: ["client_secret_basic", "client_secret_post", "none"],
    subjectTypes: ["public"],
    enabledJWA: { idTokenSigningAlgValues: ["RS256"] },
    scopes: ["openid", "offline_access", ...appScopes],
    claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"] },
    allowOmittingSingleRegisteredRedirectUri: false,
    rotateRefreshToken: true,
    issueRefreshToken: async (_ctx, client) => client.grantTypeAllowed("refresh_token"),
    expiresWithSession: async () => false,
    loadExistingGrant: async (ctx) => {
      const grantId = ctx.oidc.result?.consent?.grantId;
      return grantId === undefined ? undefined : await ctx.oidc.provider.Grant.find(grantId);
    },
    interactions: {
      url: (_ctx, interaction) => `${paths.consent}/${interaction.uid}`,
      policy: [new Prompt({ name: "login", requestable: true }), consentEachTime()],
    },
    extraTokenClaims: (_ctx, token) =>
      token.kind === "ClientCredentials"
        ? serviceClaims(db(), token.clientId)
        : organizationOf(db(), "grantId" in token ? token.grantId : undefined),
    findAccount: (_ctx, sub) => findAccount(db(), sub),
    ttl: {
      AccessToken: ACCESS_TOKEN_MS / SECOND,
      AuthorizationCode: CODE_SECONDS,
      DeviceCode: DEVICE_CODE_SECONDS,
      ClientCredentials: ACCESS_TOKEN_MS / SECOND,
      IdToken: ACCESS_TOKEN_MS / SECOND,
      Interaction: INTERACTION_SECONDS,
      Session: INTERACTION_SECONDS,
      Grant: GRANT_DAYS * DAY_SECONDS,
      RefreshToken: REFRESH_DAYS * DAY_SECONDS,
    },
    cookies: {
      names: { session: name("oauth_session"), interaction: name("oauth"), resume: name("oauth_resume") },
      keys: keyedHashes("oauth-cookies").map((key) => Buffer.from(key).toString("base64url")),
      short: { httpOnly: true, sameSite: "lax", secure, signed: true },
      long: { httpOnly: true, sameSite: "lax", secure, signed: true },
    },
    formats: { bitsOfOpaqueRandomness: 256 },
    clientBasedCORS: (_ctx, origin, client) =>
      client.clientAuthMethod === "none" &&
      (client.redirectUris ?? []).some((uri) => new URL(uri).origin === origin),
    renderError: showErrorPage,
  };
  const provider = new Provider(issuer(), configuration);
  // Trusts the forwarded headers, because `oauth.ts` has overwritten the caller's.
  provider.proxy = true;
  provider.Client.prototype.compareClientSecret = function compare(
    this: { clientId: string },
    secret: string,
  ) {
    return isService(this)
      ? isSecretOfService(db(), { id: fromPublicId("sva", this.clientId), secret })
      : isAppSecret(db(), { appId: fromPublicId("app", this.clientId), secret });
  };
  provider.use(withoutSessionCookie(name("oauth_session")));
  provider.use(answerForSignedTokens(db));
  provider.use(sayHowOftenToAsk);
  provider.on("server_error", (_ctx, error) => log().error({ err: error }, "the OAuth provider failed"));
  return provider;
}

const isService = ({ clientId }: { clientId: string }) => clientId.startsWith("sva_");

/** What a service account may ask for: all of it, where it names no scope (RFC 6749 §3.3). */
async function scopesOfService(db: Db, { oidc: { params } }: KoaContextWithOIDC, clientId: string) {
  const client = await findServiceClient(db, fromPublicId("sva", clientId));
  if (client === undefined) throw new errors.InvalidClient("the service account is disabled or gone");
  if (params !== undefined && !params.scope) params.scope = client.scopes.join(" ");
  return client.scopes;
}

/** Asks the person at every authorization, so that no page can obtain a grant with their cookie alone. */
function consentEachTime() {
  return new Prompt(
    { name: "consent", requestable: true },
    new Check("consent_each_time", "the person must agree", "consent_required", (ctx) =>
      ctx.oidc.result?.consent?.grantId === undefined ? Check.REQUEST_PROMPT : Check.NO_NEED_TO_PROMPT,
    ),
  );
}

/** The claims of an access token that name its organization and its grant. */
async function organizationOf(db: Db, grant: string | undefined) {
  const orgId = grant === undefined ? undefined : await touchGrant(db, fromPublicId("agr", grant));
  if (orgId === undefined) throw new errors.InvalidGrant("grant not found");
  return { org: toPublicId("org", orgId), grant };
}

/** The claims of a service account's token: whose it is, and of which generation of its tokens. */
async function serviceClaims(db: Db, id: string | undefined) {
  const client = id === undefined ? undefined : await findServiceClient(db, fromPublicId("sva", id));
  if (client === undefined) throw new errors.InvalidGrant("the service account is disabled or gone");
  return { org: toPublicId("org", client.orgId), gen: client.generation };
}

/** The claims about the person in ID tokens, limited to the granted scopes. */
async function findAccount(db: Db, sub: string) {
  const userId = fromPublicId("usr", sub);
  const user = await db.user.findUnique({
    where: { id: userId, deletedAt: null },
    select: { emailVerifiedAt: true },
  });
  if (user === null) return undefined;
  return {
    accountId: sub,
    claims: async () => {
      const person = (await decryptPeople(db, [userId])).get(userId);
      return {
        sub,
        name: person?.name,
        email: person?.email,
        email_verified: user.emailVerifiedAt !== null,
      };
    },
  };
}

/** Shows the errors that must not be redirected to an unverified URI (RFC 9700 §4.11.2) on a page of our own. */
function showErrorPage(
  ctx: KoaContextWithOIDC,
  out: { error: string; error_description?: string | undefined },
): void {
  if (ctx.accepts("json", "html") !== "html") {
    ctx.body = { error: out.error, error_description: out.error_description };
    return;
  }
  ctx.status = 303;
  ctx.redirect(`${paths.failed}?reason=${encodeURIComponent(out.error)}`);
}

/** RFC 8628 §3.2: the library leaves the interval to the default, which is the same. */
async function sayHowOftenToAsk(ctx: KoaContextWithOIDC, next: () => Promise<void>): Promise<void> {
  await next();
  const { body } = ctx;
  if (ctx.path === paths.deviceAuthorization && typeof body === "object" && body && "device_code" in body)
    Object.assign(body, { interval: POLL_SECONDS });
}

/** Drops the cookie of the library's own session, which we do not use. */
function withoutSessionCookie(name: string) {
  return async (ctx: KoaContextWithOIDC, next: () => Promise<void>) => {
    await next();
    const cookies = ctx.response.headers["set-cookie"];
    if (!Array.isArray(cookies)) return;
    ctx.set(
      "set-cookie",
      cookies.filter((cookie) => !cookie.startsWith(`${name}=`) && !cookie.startsWith(`${name}.sig=`)),
    );
  };
}
