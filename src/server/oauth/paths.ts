/** Where OAuth and OpenID Connect are served; the issuer is the public URL itself. */
export const paths = {
  authorize: "/oauth/authorize",
  token: "/oauth/token",
  revoke: "/oauth/revoke",
  introspect: "/oauth/introspect",
  userinfo: "/oauth/userinfo",
  /** Where a device asks for a code (RFC 8628). */
  deviceAuthorization: "/oauth/device_authorization",
  /** The page where a person enters it; the calls that it makes are below `deviceCalls`. */
  devicePage: "/device",
  deviceCalls: "/oauth/device",
  /** The consent page; the calls that it makes are below this path. */
  consent: "/oauth/consent",
  /** The page of errors that the app must not be told. */
  failed: "/oauth/error",
} as const;

export const serverMetadataPath = "/.well-known/oauth-authorization-server";
export const openidMetadataPath = "/.well-known/openid-configuration";
export const resourceMetadataPath = "/.well-known/oauth-protected-resource";
