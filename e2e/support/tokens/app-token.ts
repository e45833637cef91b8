import { signingJwk } from "@agathaai/core/accounts";
import {
  appScopes,
  giveGrant,
  issuer,
  registerApp,
  registerAppInputSchema,
  touchGrant,
} from "@agathaai/core/oauth";
import { fromPublicId, toPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { importJWK, type JWTHeaderParameters, SignJWT } from "jose";

export interface AppConnection {
  appId: string;
  grantId: string;
}

/** An app that the person's organization registered and the person connected, with all that apps can have. */
export async function connectApp(principal: UserPrincipal, name = "Marble Reports"): Promise<AppConnection> {
  const input = registerAppInputSchema.parse({
    name,
    homepage_url: "https://app.example.com",
    redirect_uris: ["https://app.example.com/callback"],
    scopes: ["openid", ...appScopes],
    confidential: true,
  });
  const { id: appId } = await registerApp(db(), { principal, input });
  const { grantId } = await giveGrant(db(), {
    principal,
    appId: fromPublicId("app", appId),
    orgId: principal.orgId,
    scopes: ["openid", ...appScopes],
  });
  await touchGrant(db(), grantId);
  return { appId, grantId: toPublicId("agr", grantId) };
}

/** An access token as the provider would sign it; `claims` and `header` say what is to be otherwise. */
export async function signAppToken(
  { userId, orgId }: Pick<UserPrincipal, "userId" | "orgId">,
  { appId, grantId }: AppConnection,
  {
    claims = {},
    header = {},
  }: { claims?: Record<string, unknown>; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
  const jwk = await signingJwk();
  const now = Math.floor(Date.now() / 1_000);
  return await new SignJWT({
    iss: issuer(),
    aud: process.env.JWT_AUDIENCE ?? "agathaai-api",
    sub: toPublicId("usr", userId),
    org: toPublicId("org", orgId),
    client_id: appId,
    grant: grantId,
    scope: ["openid", ...appScopes].join(" "),
    jti: "a-token",
    iat: now,
    exp: now + 900,
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", ...(jwk.kid && { kid: jwk.kid }), ...header })
    .sign(await importJWK(jwk, "RS256"));
}
