import { randomUUID } from "node:crypto";
import { afterAll } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { createKey, createKeyInputSchema, verifyApiKey } from "../../keys";
import { GRANT_DAYS, saveArtifact } from "../../oauth";
import { DAY, newId, type UserPrincipal } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  loadUserPrincipal,
  login,
  loginToPortal,
  refreshSession,
  registerUser,
  requestPasswordReset,
  verifyAccessToken,
} from "..";

/** An address that somebody registered before its owner did. */

export const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

export const attackers = { ip: "198.51.100.66", userAgent: "curl/8.14.1" };
export const victims = {
  ip: "203.0.113.7",
  userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0",
};
export const password = "correct horse battery staple";
export const chosen = "entirely different long words";

export async function token(email: string, path: string): Promise<string> {
  await drainAfterResponse();
  const texts = stack.mailbox.messagesTo(email).map(({ text }) => text);
  const found = texts.map((text) => new RegExp(`${path}\\?token=([\\w-]+)`).exec(text)?.[1]);
  return found.find((one) => one !== undefined) ?? "";
}

export async function principalOf(claims: Parameters<typeof loadUserPrincipal>[1]): Promise<UserPrincipal> {
  const principal = await loadUserPrincipal(db(), claims);
  if (principal === null) throw new Error("no session");
  return principal;
}

/**
 * An app of the person's organization that they connected, and that holds a refresh token. Nobody unverified gets one (`unverified-people`):
 * the rows are those of an installation from before that was so, and end like everything else.
 */
async function grantToAnApp({ orgId, userId }: UserPrincipal): Promise<{ grantId: string }> {
  const [appId, grantId, now] = [newId(), newId(), new Date()];
  const scopes = ["openid", "usage:read"];
  await db().oauthApp.create({
    data: {
      id: appId,
      orgId,
      name: "Mine",
      homepageUrl: "https://app.example.com/",
      redirectUris: ["https://app.example.com/callback"],
      scopes,
      createdBy: userId,
      createdAt: now,
      updatedAt: now,
    },
  });
  const expiresAt = new Date(now.getTime() + GRANT_DAYS * DAY);
  await db().oauthGrant.create({
    data: { id: grantId, appId, orgId, userId, scopes, createdAt: now, expiresAt },
  });
  const token = { kind: "RefreshToken", secret: randomUUID(), payload: {}, grantId, seconds: 60 } as const;
  await saveArtifact(db(), token);
  return { grantId };
}

/** Everything that gives access to an account, created by the person who registered it, on another device than its owner's. */
export async function preHijacked() {
  const email = `victim.${randomUUID()}@example.com`;
  const view = await registerUser(db(), { email, password, name: "Mallory", ...attackers });
  const claims = await verifyAccessToken(view.access_token);
  const { userId } = claims;
  const portal = await loginToPortal(db(), { email, password, ...attackers });
  const api = await login(db(), { email, password, ...attackers });
  const principal = await principalOf({ kind: "session", ...portal });
  const { secret } = await createKey(db(), {
    principal,
    input: createKeyInputSchema.parse({ name: "mine", environment: "test" }),
  });
  const { grantId } = await grantToAnApp(principal);
  const linkGitHub = () =>
    db().linkedAccount.create({
      data: { provider: "github", providerAccountId: randomUUID(), userId, createdAt: new Date() },
    });
  const resetLink = async () => {
    await requestPasswordReset(db(), { email, ...attackers });
    return await token(email, "/reset-password");
  };
  const ended = async () => {
    const keys = await verifyApiKey(db(), secret, { ip: null }).then(
      () => "works",
      (error: { code: string }) => error.code,
    );
    const refreshed = await refreshSession(db(), { refresh_token: api.refresh_token, ...attackers }).then(
      () => "works",
      (error: { code: string }) => error.code,
    );
    return {
      portal: await loadUserPrincipal(db(), { kind: "session", ...portal }),
      api: await loadUserPrincipal(db(), { kind: "jwt", ...claims }),
      refreshed,
      keys,
      grants:
        (await db().oauthGrant.count({ where: { userId } })) +
        (await db().oauthArtifact.count({ where: { grantId } })),
      places: await db().knownDevice.count({ where: { userId } }),
    };
  };
  return { email, userId, principal, portal, linkGitHub, resetLink, ended };
}

export const nothingLeft = {
  portal: null,
  api: null,
  refreshed: "invalid_refresh_token",
  keys: "api_key_revoked",
  grants: 0,
  /** The one where the proof was given. */
  places: 1,
};
export const signsIn = (email: string, secret: string) =>
  login(db(), { email, password: secret, ...attackers }).then(
    () => true,
    () => false,
  );
