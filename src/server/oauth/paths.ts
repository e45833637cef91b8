/** Where OAuth and OpenID Connect are served; the issuer is the public URL itself. */
export const paths = {
  authorize: "/oauth/authorize",
  token: "/oauth/token",
  revoke: "/oauth/revoke",
  introspect: "/oauth/introspect",
  userinfo: "/oauth/userinfo",
  /** A page, and below it what the page asks. */
  consent: "/oauth/consent",
  /** A page: what went wrong, where the app cannot be told. */
  failed: "/oauth/error",
} as const;

export const serverMetadataPath = "/.well-known/oauth-authorization-server";
export const openidMetadataPath = "/.well-known/openid-configuration";
export const resourceMetadataPath = "/.well-known/oauth-protected-resource";
