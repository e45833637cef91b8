import { signingJwk } from "@agathaai/core/accounts";
import { issuer } from "@agathaai/core/oauth";
import { fromPublicId, toPublicId, type UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import {
  createServiceAccount,
  createServiceAccountInputSchema,
  findServiceClient,
} from "@agathaai/core/service-accounts";
import { importJWK, type JWTHeaderParameters, SignJWT } from "jose";

export interface ServiceAccount {
  id: string;
  orgId: string;
  secret: string;
}

/** A service account of the person's organization, with a token as the provider would sign it. */
export async function openServiceAccount(
  principal: UserPrincipal,
  settings: Record<string, unknown> = {},
): Promise<ServiceAccount & { token: string }> {
  const input = createServiceAccountInputSchema.parse({
    name: "Nightly reports",
    environment: "live",
    ...settings,
  });
  const { id, client_secret: secret } = await createServiceAccount(db(), { principal, input });
  const account = { id, secret, orgId: principal.orgId };
  return { ...account, token: await signServiceToken(account) };
}

/** As the provider would sign it; `claims` and `header` say what is to be otherwise. */
export async function signServiceToken(
  { id, orgId }: Pick<ServiceAccount, "id" | "orgId">,
  {
    claims = {},
    header = {},
  }: { claims?: Record<string, unknown>; header?: Partial<JWTHeaderParameters> } = {},
): Promise<string> {
  const client = await findServiceClient(db(), fromPublicId("sva", id));
  const jwk = await signingJwk();
  const now = Math.floor(Date.now() / 1_000);
  return await new SignJWT({
    iss: issuer(),
    aud: process.env.JWT_AUDIENCE ?? "agathaai-api",
    sub: id,
    client_id: id,
    org: toPublicId("org", orgId),
    gen: client?.generation ?? 1,
    scope: (client?.scopes ?? []).join(" "),
    jti: "a-token",
    iat: now,
    exp: now + 900,
    ...claims,
  })
    .setProtectedHeader({ alg: "RS256", typ: "at+jwt", ...(jwk.kid && { kid: jwk.kid }), ...header })
    .sign(await importJWK(jwk, "RS256"));
}
