import { decryptPeople } from "@agathaai/core/accounts";
import { loadAppPrincipal, verifyAppToken } from "@agathaai/core/oauth";
import { AppError, type Db, toPublicId } from "@agathaai/core/platform";

/**
 * OpenID Connect Core §5.3: who the person behind an app's access token is, by what they agreed to show.
 * @throws AppError of status 401; `insufficient_scope` without `openid`.
 */
export async function readUserinfo(
  db: Db,
  authorization: string | undefined,
): Promise<Record<string, unknown>> {
  const token = /^Bearer +(\S+)$/i.exec(authorization?.trim() ?? "")?.[1];
  if (token === undefined) {
    throw new AppError("missing_credentials", {
      public: "Send the access token as Authorization: Bearer ….",
    });
  }
  const claims = await verifyAppToken(token);
  const principal = await loadAppPrincipal(db, claims);
  const person = principal && (await decryptPeople(db, [principal.userId])).get(principal.userId);
  if (!principal || !person) {
    throw new AppError("invalid_access_token", { public: "The connection behind this token has ended." });
  }
  if (!claims.scopes.includes("openid")) {
    throw new AppError("insufficient_scope", {
      public: "This call needs the scope openid.",
      neededScope: "openid",
    });
  }
  return {
    sub: toPublicId("usr", person.userId),
    ...(claims.scopes.includes("profile") && { name: person.name }),
    ...(claims.scopes.includes("email") && { email: person.email, email_verified: principal.emailVerified }),
  };
}
