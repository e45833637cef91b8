import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it, vi } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { createKey, createKeyInputSchema, verifyApiKey } from "../keys";
import { createOrganization, getInvitation, inviteMember, revokeKeysAndInvitations } from "../members";
import { systemClock } from "../platform/clock";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { toPublicId } from "../platform/ids";
import type { UserPrincipal } from "../platform/principal";
import { transactWithKeys } from "../privacy";
import {
  emailIndex,
  forgetPrincipals,
  getVerification,
  loadUserPrincipal,
  login,
  loginToPortal,
  refreshSession,
  registerUser,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  signInWithProvider,
  userSubject,
  verifyAccessToken,
  verifyEmail,
  verifyEmailAtPortal,
} from ".";
import { createSession } from "./sessions/create-session";
import { lockAccount } from "./sign-in/end-earlier-access";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const attackers = { ip: "198.51.100.66", userAgent: "curl/8.14.1" };
const victims = { ip: "203.0.113.7", userAgent: "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Firefox/145.0" };
const password = "correct horse battery staple";
const chosen = "entirely different long words";

async function token(email: string, path: string): Promise<string> {
  await drainAfterResponse();
  const texts = stack.mailbox.messagesTo(email).map(({ text }) => text);
  const found = texts.map((text) => new RegExp(`${path}\\?token=([\\w-]+)`).exec(text)?.[1]);
  return found.find((one) => one !== undefined) ?? "";
}

async function principalOf(claims: Parameters<typeof loadUserPrincipal>[1]): Promise<UserPrincipal> {
  const principal = await loadUserPrincipal(db(), claims);
  if (principal === null) throw new Error("no session");
  return principal;
}

/** Everything that opens an account, made by whoever registered it, elsewhere than its owner is. */
async function preHijacked() {
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
  const grantId = randomUUID();
  const artifact = (kind: string, payload: object, id = randomUUID()) =>
    db().oauthArtifact.create({ data: { kind, id, payload, grantId } });
  await artifact("Grant", { accountId: toPublicId("usr", userId) }, grantId);
  await artifact("RefreshToken", { jti: randomUUID() });
  // Under no grant, and by the other form of the id.
  const signedIn = randomUUID();
  await db().oauthArtifact.create({
    data: { kind: "Session", id: signedIn, payload: { accountId: userId } },
  });
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
      grants: await db().oauthArtifact.count({ where: { OR: [{ grantId }, { id: signedIn }] } }),
      places: await db().knownDevice.count({ where: { userId } }),
    };
  };
  return { email, userId, principal, portal, linkGitHub, resetLink, ended };
}

const nothingLeft = {
  portal: null,
  api: null,
  refreshed: "invalid_refresh_token",
  keys: "api_key_revoked",
  grants: 0,
  /** The one where the proof was given. */
  places: 1,
};
const signsIn = (email: string, secret: string) =>
  login(db(), { email, password: secret, ...attackers }).then(
    () => true,
    () => false,
  );

describe("whoever registered an address before its owner proved it keeps nothing", () => {
  it("when the owner clicks the link at the portal: they say the password, and get a session of their own", async () => {
    const account = await preHijacked();
    const link = await token(account.email, "/verify");
    const proof = { token: link, ...victims, principal: null, revokeKeysAndInvitations };
    await expect(verifyEmailAtPortal(db(), proof)).rejects.toMatchObject({ param: "password", status: 400 });
    expect((await account.ended()).keys).toBe("works");
    const { view, session } = await verifyEmailAtPortal(db(), { ...proof, password: chosen });
    expect(view).toEqual({ email_verified: true, password: "changed" });
    expect(await account.ended()).toMatchObject(nothingLeft);
    expect(await signsIn(account.email, password)).toBe(false);
    expect(await signsIn(account.email, chosen)).toBe(true);
    if (session === undefined) throw new Error("no session was created");
    expect(await loadUserPrincipal(db(), { kind: "session", ...session })).toMatchObject({
      emailVerified: true,
      userId: account.userId,
    });
    await drainAfterResponse();
    const [told] = stack.mailbox.messagesTo(account.email);
    expect(told?.subject).toBe("Your email is verified");
    expect(told?.text).toContain("3 sign-ins, 1 API key");
  });

  it("when the link is redeemed over the API from elsewhere, without a word on the password", async () => {
    const account = await preHijacked();
    const link = await token(account.email, "/verify");
    expect(await verifyEmail(db(), { token: link, ...victims, revokeKeysAndInvitations })).toEqual({
      email_verified: true,
      password: "removed",
    });
    expect(await account.ended()).toMatchObject(nothingLeft);
    expect(await signsIn(account.email, password)).toBe(false);
  });

  it("when they reset the password, before or after proving the address", async () => {
    for (const first of [false, true]) {
      const account = await preHijacked();
      if (first) {
        await db().user.update({ where: { id: account.userId }, data: { emailVerifiedAt: new Date() } });
      }
      await account.linkGitHub();
      const verification = await token(account.email, "/verify");
      await resetPassword(db(), {
        token: await account.resetLink(),
        password: chosen,
        ...victims,
        revokeKeysAndInvitations,
      });
      expect(await account.ended()).toMatchObject(nothingLeft);
      expect(await signsIn(account.email, password)).toBe(false);
      expect((await login(db(), { email: account.email, password: chosen, ...victims })).user).toMatchObject({
        email_verified: true,
      });
      // What was linked to an address already proven is its owner's.
      expect(await db().linkedAccount.count({ where: { userId: account.userId } })).toBe(first ? 1 : 0);
      const left = { token: verification, ip: null, revokeKeysAndInvitations };
      await expect(verifyEmail(db(), left)).rejects.toMatchObject({ code: "invalid_token" });
      await drainAfterResponse();
      expect(stack.mailbox.messagesTo(account.email)[0]?.text).toContain("1 API key");
    }
  });

  it("when they sign in by a provider that vouches for the address", async () => {
    const account = await preHijacked();
    const stale = await account.resetLink();
    await account.linkGitHub();
    const session = await signInWithProvider(db(), {
      provider: "google",
      providerAccountId: randomUUID(),
      email: account.email,
      emailVerified: true,
      name: "Victoria",
      ...victims,
      revokeKeysAndInvitations,
    });
    expect(session.userId).toBe(account.userId);
    expect(await loadUserPrincipal(db(), { kind: "session", ...session })).toMatchObject({
      emailVerified: true,
    });
    expect(await account.ended()).toMatchObject(nothingLeft);
    expect(await signsIn(account.email, password)).toBe(false);
    const reset = { token: stale, password: chosen, ip: null, revokeKeysAndInvitations };
    await expect(resetPassword(db(), reset)).rejects.toMatchObject({ code: "invalid_token" });
    const links = await db().linkedAccount.findMany({ where: { userId: account.userId } });
    expect(links.map(({ provider }) => provider)).toEqual(["google"]);
    await drainAfterResponse();
    const [told] = stack.mailbox.messagesTo(account.email);
    expect(told?.subject).toBe("Google sign-in was added to your account");
    expect(told?.text).toContain("The earlier password was removed");
  });

  it("and a key made at that very moment in another process either ends too or is refused", async () => {
    const account = await preHijacked();
    const link = await token(account.email, "/verify");
    const input = createKeyInputSchema.parse({ name: "late", environment: "test" });
    const [, ...made] = await Promise.allSettled([
      verifyEmail(db(), { token: link, ...victims, revokeKeysAndInvitations }),
      ...Array.from({ length: 8 }, () => createKey(db(), { principal: account.principal, input })),
    ]);
    for (const one of made) {
      if (one.status === "rejected") expect(one.reason).toMatchObject({ code: "missing_credentials" });
    }
    // The principal as a process has it that has not yet heard.
    const late = createKey(db(), { principal: account.principal, input });
    await expect(late).rejects.toMatchObject({ code: "missing_credentials" });
    expect(await db().apiKey.count({ where: { createdBy: account.userId, revokedAt: null } })).toBe(0);
  });

  it("and a key that is asked for while the proof is under way waits for its end, and is refused", async () => {
    const { userId, principal } = await preHijacked();
    const input = createKeyInputSchema.parse({ name: "late", environment: "test" });
    const asked = await db().$transaction(
      async (tx) => {
        await lockAccount(tx, userId);
        const outcome = createKey(db(), { principal, input }).then(
          () => "made",
          (error: { code: string }) => error.code,
        );
        const isWaiting = () => tx.$queryRaw`
          SELECT 1 FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'`;
        await vi.waitFor(async () => expect(await isWaiting()).toHaveLength(1), { timeout: 10_000 });
        await tx.session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
        return { outcome };
      },
      { timeout: 20_000 },
    );
    expect(await asked.outcome).toBe("missing_credentials");
  });

  it("with the log telling what ended, in each organization's own chain", async () => {
    const account = await preHijacked();
    const link = await token(account.email, "/verify");
    await verifyEmail(db(), { token: link, ...victims, revokeKeysAndInvitations });
    const rows = await db().auditLog.findMany({
      where: { orgId: account.principal.orgId },
      orderBy: { sequence: "asc" },
    });
    expect(rows.slice(-2).map(({ action }) => action)).toEqual(["key.revoked", "auth.email_verified"]);
    expect(rows.at(-2)?.details).toMatchObject({ because: "address proven" });
    expect(rows.at(-1)?.details).toMatchObject({
      sessions: 3,
      keys: 1,
      invitations: 0,
      grants: 3,
    });
  });

  it("nor does a session that is created with what a sign-in had read before", async () => {
    const { email, userId, principal, portal } = await preHijacked();
    await verifyEmail(db(), { token: await token(email, "/verify"), ...victims, revokeKeysAndInvitations });
    const late = await transactWithKeys(db(), [userSubject(userId)], (tx) =>
      createSession(tx, { kind: "portal", ...portal, orgId: principal.orgId, ...attackers }, systemClock),
    );
    expect(late.userId).toBe(userId);
    expect(await loadUserPrincipal(db(), { kind: "session", ...late })).toBeNull();
  });
});

describe("the owner who registered themselves", () => {
  it("verifies in the browser they are signed in with, keeps the password, and gets a fresh session", async () => {
    const { email, principal, portal, ended } = await preHijacked();
    const link = await token(email, "/verify");
    expect(await getVerification(db(), { token: link, principal })).toEqual({
      email,
      needs_password: false,
    });
    expect(await getVerification(db(), { token: link, principal: null })).toEqual({
      email,
      needs_password: true,
    });
    const { view, session } = await verifyEmailAtPortal(db(), {
      token: link,
      ...attackers,
      principal,
      revokeKeysAndInvitations,
    });
    expect(view).toEqual({ email_verified: true });
    expect(session?.sessionId).not.toBe(portal.sessionId);
    expect(await ended()).toMatchObject(nothingLeft);
    expect(await signsIn(email, password)).toBe(true);
  });

  it("keeps the password over the API from where they registered, or by saying it", async () => {
    for (const proof of [attackers, { ...victims, password }]) {
      const { email } = await preHijacked();
      const link = await token(email, "/verify");
      expect(await verifyEmail(db(), { token: link, ...proof, revokeKeysAndInvitations })).toEqual({
        email_verified: true,
      });
      expect(await signsIn(email, password)).toBe(true);
    }
  });

  it("is refused a weak password, with the link left usable and nothing ended", async () => {
    const { email, ended } = await preHijacked();
    const link = await token(email, "/verify");
    const proof = { token: link, ...victims, principal: null, revokeKeysAndInvitations };
    await expect(verifyEmailAtPortal(db(), { ...proof, password: "short" })).rejects.toMatchObject({
      code: "weak_password",
      param: "password",
    });
    expect((await ended()).keys).toBe("works");
    await verifyEmailAtPortal(db(), { ...proof, password: chosen });
  });

  it("who is signed in to another account verifies this one and stays where they are", async () => {
    const [account, other] = [await preHijacked(), await preHijacked()];
    const link = await token(account.email, "/verify");
    const proof = { token: link, ...victims, principal: other.principal, revokeKeysAndInvitations };
    await expect(verifyEmailAtPortal(db(), proof)).rejects.toMatchObject({ param: "password" });
    const { session } = await verifyEmailAtPortal(db(), { ...proof, password: chosen });
    expect(session).toBeUndefined();
    forgetPrincipals(other.userId);
    expect(await loadUserPrincipal(db(), { kind: "session", ...other.portal })).not.toBeNull();
  });
});

describe("every password reset", () => {
  it("ends keys and open invitations in every organization, and tells the other owners", async () => {
    const email = `ada.${randomUUID()}@example.com`;
    await registerUser(db(), { email, password, name: "Ada", ...victims });
    await db().user.update({
      where: { emailIndex: emailIndex(email) },
      data: { emailVerifiedAt: new Date() },
    });
    const portal = await loginToPortal(db(), { email, password, ...victims });
    const claims = { kind: "session" as const, ...portal };
    await createOrganization(db(), { principal: await principalOf(claims), name: "Engines" });
    forgetPrincipals(portal.userId);
    const atWork = await principalOf({ ...claims, orgId: undefined });
    const boss = `boss.${randomUUID()}@example.com`;
    const view = await registerUser(db(), { email: boss, password, name: "Boss", ip: null });
    const { userId: bossId } = await verifyAccessToken(view.access_token);
    await db().membership.create({
      data: { orgId: atWork.orgId, userId: bossId, role: "owner", createdAt: new Date() },
    });
    const guest = `guest.${randomUUID()}@example.com`;
    await inviteMember(db(), { principal: atWork, input: { email: guest, role: "admin" } });
    const invitation = await token(guest, "/invite");
    expect(await getInvitation(db(), { token: invitation })).toMatchObject({ organization: "Engines" });
    const { secret } = await createKey(db(), {
      principal: atWork,
      input: createKeyInputSchema.parse({ name: "production", environment: "live" }),
    });
    await requestPasswordReset(db(), { email, ...victims });
    await resetPassword(db(), {
      token: await token(email, "/reset-password"),
      password: chosen,
      ...victims,
      revokeKeysAndInvitations,
    });
    await expect(getInvitation(db(), { token: invitation })).rejects.toMatchObject({
      code: "invalid_token",
    });
    await expect(verifyApiKey(db(), secret, { ip: null })).rejects.toMatchObject({ code: "api_key_revoked" });
    // Nor is anybody invited by a principal as a process has it that has not yet heard.
    const late = inviteMember(db(), { principal: atWork, input: { email: boss, role: "viewer" } });
    await expect(late).rejects.toMatchObject({ code: "missing_credentials" });
    await drainAfterResponse();
    expect(stack.mailbox.messagesTo(boss)[0]).toMatchObject({ subject: "API keys of a member ended" });
  });

  it("leaves what others made alone", async () => {
    const [mine, other] = [await preHijacked(), await preHijacked()];
    await resetPassword(db(), {
      token: await mine.resetLink(),
      password: chosen,
      ...victims,
      revokeKeysAndInvitations,
    });
    expect(await other.ended()).toMatchObject({ keys: "works", grants: 3 });
    await resendVerification(db(), { userId: other.userId });
  });
});
