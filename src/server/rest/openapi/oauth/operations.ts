import { appScopes, identityScopes } from "@agathaai/core/oauth";
import { z } from "zod";
import type { ZodOpenApiOperationObject, ZodOpenApiPathsObject } from "zod-openapi";
import { openidMetadataPath, paths, resourceMetadataPath, serverMetadataPath } from "../../../oauth/paths";
import { errorResponses } from "../describe-responses";
import { deviceAuthorization } from "./device";
import { badRequest, form, json, ours, scopeExample, tag, wrongClient } from "./parts";

const metadataSchema = z.looseObject({
  issuer: z.url(),
  authorization_endpoint: z.url(),
  token_endpoint: z.url(),
  jwks_uri: z.url(),
  scopes_supported: z.array(z.string()),
  code_challenge_methods_supported: z.array(z.literal("S256")),
});
const metadataExample = {
  issuer: "https://app.example.com",
  authorization_endpoint: "https://app.example.com/oauth/authorize",
  token_endpoint: "https://app.example.com/oauth/token",
  jwks_uri: "https://app.example.com/.well-known/jwks.json",
  scopes_supported: [...identityScopes, ...appScopes],
  code_challenge_methods_supported: ["S256"],
};

const metadata = (operationId: string, standard: string): ZodOpenApiOperationObject => ({
  operationId,
  tags: [tag],
  summary: `Get the authorization server’s metadata (${standard})`,
  description:
    "Returns where each endpoint is and what it supports. Client libraries find it from the issuer; both URLs return the same document.",
  security: [],
  responses: {
    200: json("The metadata.", metadataSchema, "AuthorizationServerMetadata", metadataExample),
    ...errorResponses(["internal_error"]),
  },
});

const resourceMetadata: ZodOpenApiOperationObject = {
  operationId: "getProtectedResourceMetadata",
  tags: [tag],
  summary: "Get the API’s metadata as a protected resource (RFC 9728)",
  description:
    "Returns which authorization server issues access tokens for this API, and the scopes it knows.",
  security: [],
  responses: {
    200: json(
      "The metadata.",
      z.looseObject({
        resource: z.url(),
        authorization_servers: z.array(z.url()),
        scopes_supported: z.array(z.string()),
      }),
      "ProtectedResourceMetadata",
      {
        resource: "https://app.example.com",
        authorization_servers: ["https://app.example.com"],
        scopes_supported: [...appScopes],
      },
    ),
    ...errorResponses(["internal_error"]),
  },
};

const authorize: ZodOpenApiOperationObject = {
  operationId: "authorizeApp",
  tags: [tag],
  summary: "Ask a person to connect your app",
  description:
    "For the person’s browser. Shows them your app and what it asks for, and sends them back to your redirect URI with a `code`, your `state` and `iss`, or with an `error`. PKCE with S256 is required of every app, and the redirect URI must match a registered one exactly. A request whose app or redirect URI is wrong is never redirected: a browser gets an AgathaAI page, any other caller the 400.",
  security: [],
  requestParams: {
    query: z.object({
      response_type: z.literal("code").optional(),
      client_id: z.string().optional().meta({ example: "app_01jd0q4g5te8tvhz3t1c7x9ncm" }),
      redirect_uri: z.string().optional().meta({ example: "https://example.com/callback" }),
      scope: z.string().optional().meta({ description: "Separated by spaces.", example: scopeExample }),
      state: z.string().optional().meta({ description: "Returned unchanged." }),
      code_challenge: z.string().optional(),
      code_challenge_method: z.literal("S256").optional(),
      nonce: z.string().optional().meta({ description: "With `openid`: returned in the ID token." }),
      prompt: z.string().optional().meta({ description: "`login` asks for a new sign-in first." }),
      max_age: z.string().optional().meta({ description: "The oldest sign-in you accept, in seconds." }),
      resource: z.string().optional().meta({ description: "RFC 8707: this API, the default." }),
    }),
  },
  responses: {
    200: {
      description: "With `response_mode=form_post`: a page that posts the response to your redirect URI.",
    },
    303: {
      description:
        "To the consent page, to your redirect URI, or to an AgathaAI page that explains the error.",
    },
    400: badRequest("invalid_request invalid_client invalid_redirect_uri", "invalid_redirect_uri"),
    ...ours,
  },
};

const tokenResponse = z.looseObject({
  access_token: z.string(),
  token_type: z.literal("Bearer"),
  expires_in: z.int(),
  scope: z.string(),
  refresh_token: z.string().optional(),
  id_token: z.string().optional(),
});

const token: ZodOpenApiOperationObject = {
  operationId: "exchangeToken",
  tags: [tag],
  summary: "Exchange a code or refresh token, or get a service account’s token",
  description:
    "Returns an access token (RS256, `typ: at+jwt`, 15 minutes), a new refresh token, and with `openid` an ID token. A code works once, for a minute; a refresh token works once, within 30 days. Using either a second time ends every token of the same consent. A confidential app authenticates with its secret (HTTP Basic, or `client_secret` in the body), a public app sends `client_id` alone. With `client_credentials` a service account gets an access token for itself, with its own ID and secret: no refresh token, all of its scopes unless `scope` names fewer.",
  security: [{ clientSecret: [] }, {}],
  requestBody: form(
    z.object({
      grant_type: z.enum([
        "authorization_code",
        "refresh_token",
        "client_credentials",
        "urn:ietf:params:oauth:grant-type:device_code",
      ]),
      code: z.string().optional(),
      redirect_uri: z.string().optional(),
      code_verifier: z.string().optional(),
      device_code: z.string().optional(),
      refresh_token: z.string().optional(),
      scope: z
        .string()
        .optional()
        .meta({ description: "In a refresh or with client credentials: fewer scopes." }),
      client_id: z.string().optional(),
      client_secret: z.string().optional(),
    }),
    {
      grant_type: "authorization_code",
      code: "SplxlOBeZQQYbYS6WxSbIA",
      redirect_uri: "https://example.com/callback",
      code_verifier: "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk",
    },
  ),
  responses: {
    200: json("The tokens.", tokenResponse, "OAuthTokens", {
      access_token: "eyJhbGciOiJSUzI1NiIsInR5cCI6ImF0K2p3dCJ9…",
      token_type: "Bearer",
      expires_in: 900,
      scope: scopeExample,
      refresh_token: "8xLOxBtZp8…",
      id_token: "eyJhbGciOiJSUzI1NiJ9…",
    }),
    400: badRequest(
      "invalid_request invalid_grant invalid_scope invalid_target unsupported_grant_type authorization_pending slow_down expired_token access_denied",
      "invalid_grant",
    ),
    401: wrongClient,
    ...ours,
  },
};

const tokenForm = form(
  z.object({
    token: z.string(),
    token_type_hint: z.enum(["access_token", "refresh_token"]).optional(),
    client_id: z.string().optional(),
    client_secret: z.string().optional(),
  }),
  { token: "8xLOxBtZp8…" },
);

const revoke: ZodOpenApiOperationObject = {
  operationId: "revokeToken",
  tags: [tag],
  summary: "Revoke a token (RFC 7009)",
  description:
    "Ends the consent behind an app’s access or refresh token, with all of its tokens, or the one token of a service account, everywhere within five seconds. An unknown token, or another client’s, changes nothing and is not an error.",
  security: [{ clientSecret: [] }, {}],
  requestBody: tokenForm,
  responses: {
    200: { description: "Revoked, or there was nothing to revoke." },
    400: badRequest("invalid_request", "invalid_request"),
    401: wrongClient,
    ...ours,
  },
};

const introspect: ZodOpenApiOperationObject = {
  operationId: "introspectToken",
  tags: [tag],
  summary: "Introspect a token (RFC 7662)",
  description:
    "Returns whether a token of your own app works now, for whom, in which organization and with which scopes: fewer than were granted if the person’s role has changed. For any other token it returns `active: false`.",
  security: [{ clientSecret: [] }, {}],
  requestBody: tokenForm,
  responses: {
    200: json("The token.", z.looseObject({ active: z.boolean() }), "TokenIntrospection", {
      active: true,
      client_id: "app_01jd0q4g5te8tvhz3t1c7x9ncm",
      sub: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
      org: "org_01jd0q4g5te8tvhz3t1c7x9ncm",
      scope: scopeExample,
      token_type: "Bearer",
      exp: 1_795_774_500,
    }),
    400: badRequest("invalid_request", "invalid_request"),
    401: wrongClient,
    ...ours,
  },
};

const userinfo: ZodOpenApiOperationObject = {
  operationId: "getUserInfo",
  tags: [tag],
  summary: "Get the person behind an access token",
  description:
    "OpenID Connect: who connected your app. Needs the scope `openid`; `profile` adds the name, `email` the address and whether it is verified.",
  security: [{ accessToken: [] }],
  responses: {
    200: json(
      "The person.",
      z.strictObject({
        sub: z.string(),
        name: z.string().optional(),
        email: z.string().optional(),
        email_verified: z.boolean().optional(),
      }),
      "UserInfo",
      {
        sub: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
        name: "Ada Lovelace",
        email: "ada@example.com",
        email_verified: true,
      },
    ),
    ...errorResponses([
      "missing_credentials",
      "invalid_access_token",
      "access_token_expired",
      "insufficient_scope",
      "too_many_attempts",
      "service_unavailable",
      "internal_error",
    ]),
  },
};

/** The OAuth endpoints that apps are promised. */
export const oauthPaths: ZodOpenApiPathsObject = {
  [serverMetadataPath]: { get: metadata("getAuthorizationServerMetadata", "RFC 8414") },
  [openidMetadataPath]: { get: metadata("getOpenIdMetadata", "OpenID Connect Discovery") },
  [resourceMetadataPath]: { get: resourceMetadata },
  [paths.authorize]: { get: authorize },
  [paths.deviceAuthorization]: { post: deviceAuthorization },
  [paths.token]: { post: token },
  [paths.revoke]: { post: revoke },
  [paths.introspect]: { post: introspect },
  [paths.userinfo]: { get: userinfo },
};
