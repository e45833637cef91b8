import { randomBytes } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { codeOf, STEP_MS } from "../../../../infra/testing/authenticators/totp";
import { after } from "../../../../infra/testing/clock";
import { makeUser, type TestUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, fromPublicId, systemClock } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { deleteExpiredRows } from "../../platform/db/rows/expire-rows";
import {
  confirmAuthenticator,
  emailIndex,
  endSessionsByLink,
  expiredAccountRows,
  listSignIns,
  loadUserPrincipal,
  login,
  loginToPortal,
  refreshSession,
  signInWithProvider,
  signUp,
  startAuthenticator,
  stepUp,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";
const safari =
  "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 Version/18.0 Safari/604.1";
const home = { ip: "203.0.113.9", userAgent: firefox };
const away = { ip: "198.51.100.66", userAgent: safari };
const revokeKeysAndInvitations = async () => ({
  keysByOrg: new Map(),
  invitations: 0,
  entries: [],
  forget: () => undefined,
});

const list = async ({ userId }: { userId: string }, input: { limit?: number; cursor?: string } = {}) => {
  await drainAfterResponse();
  return await listSignIns(db(), { userId, input: { limit: 20, ...input } });
};
const mailsOf = async (email: string) => {
  await drainAfterResponse();
  return stack.mailbox.messagesTo(email).filter(({ subject }) => subject === "New sign-in to your account");
};
const tokenIn = (text: string) => /end-sessions\?token=([\w-]+)/.exec(text)?.[1] ?? "";
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

/** Somebody who registered and signed in from home. */
async function atHome(): Promise<TestUser> {
  const user = await makeUser({ password, verified: true, ...home });
  await loginToPortal(db(), { email: user.email, password, ...home });
  return user;
}

describe("the sign-in history", () => {
  it("has every sign-in and every failed one, newest first, with time, way, device, address and result, page by page", async () => {
    const user = await makeUser({ password, verified: true, ...home });
    const { email, claims } = user;
    await loginToPortal(db(), { email, password, ...home });
    await code(login(db(), { email, password: "wrong", ...away }));
    await drainAfterResponse();
    const session = { ...claims, emailVerified: true };
    const { secret } = await startAuthenticator(db(), session);
    await confirmAuthenticator(db(), { ...session, code: codeOf(secret, new Date()), ip: home.ip });
    const later = after(2 * STEP_MS);
    expect(await code(login(db(), { email, password, totp: "nothing", ip: null }))).toBe(
      "second_factor_invalid",
    );
    await drainAfterResponse();
    await login(db(), { email, password, totp: codeOf(secret, later.now()), ip: null }, later);
    const all = (await list(user)).data;
    expect(
      all.map(({ kind, method, factor, result, device, ip }) => [kind, method, factor, result, device, ip]),
    ).toEqual([
      ["api", "password", "authenticator", "signed_in", "Unknown device", null],
      ["api", "password", null, "wrong_factor", "Unknown device", null],
      ["api", "password", null, "wrong_password", "Safari on iPhone", away.ip],
      ["portal", "password", null, "signed_in", "Firefox on Linux", home.ip],
      ["api", "registration", null, "signed_in", "Firefox on Linux", home.ip],
    ]);
    expect(all.map(({ session_id }) => session_id === null)).toEqual([false, true, true, false, false]);
    expect(fromPublicId("ses", all.at(-1)?.session_id ?? "")).toBe(claims.sessionId);
    const first = await list(user, { limit: 3 });
    const second = await list(user, { limit: 3, cursor: first.next_cursor ?? "" });
    expect([...first.data, ...second.data]).toEqual(all);
  });

  it("counts neither refreshed tokens nor step-ups, and shows nobody else's", async () => {
    const [ada, eve] = [await atHome(), await atHome()];
    const { refresh_token } = ada.view;
    await refreshSession(db(), { refresh_token, ...home });
    await stepUp(db(), { ...ada.claims, password, ip: home.ip });
    expect(await code(stepUp(db(), { ...ada.claims, password: "wrong", ip: home.ip }))).toBe("invalid_login");
    expect((await list(ada)).data.map(({ method }) => method)).toEqual(["password", "registration"]);
    const others = await list(eve);
    expect((await list(ada)).data.some(({ id }) => others.data.some((other) => other.id === id))).toBe(false);
  });

  it("says nothing of unknown addresses, and no more than a hundred failures an hour", async () => {
    const { email, userId } = await makeUser({ password });
    const before = await db().signIn.count();
    expect(await code(login(db(), { email: `no.${email}`, password: "wrong", ...away }))).toBe(
      "invalid_login",
    );
    await drainAfterResponse();
    expect(await db().signIn.count()).toBe(before);
    // Each from an address of its own, as somebody with many would.
    for (let round = 0; round < 105; round += 1) {
      const ip = `2001:db8:${round.toString(16)}::1`;
      await code(login(db(), { email, password: "wrong", ip }));
    }
    await drainAfterResponse();
    expect(await db().signIn.count({ where: { userId, result: "wrong_password" } })).toBe(100);
  }, 120_000);

  it("keeps addresses encrypted under the person's key, and for ninety days", async () => {
    const user = await atHome();
    const { userId } = user;
    const rows = await db().signIn.findMany({ where: { userId } });
    for (const { ipCipher } of rows) {
      expect(Buffer.from(ipCipher ?? []).toString("latin1")).not.toContain(home.ip);
    }
    const [oldest] = (await list(user)).data.slice(-1);
    const past = new Date(Date.now() - 91 * DAY);
    await db().signIn.update({
      where: { id: fromPublicId("sgn", oldest?.id ?? "") },
      data: { createdAt: past },
    });
    expect((await list(user)).data).toHaveLength(rows.length - 1);
    await deleteExpiredRows(db(), expiredAccountRows, AbortSignal.timeout(30_000));
    expect(await db().signIn.count({ where: { userId } })).toBe(rows.length - 1);
  });
});

describe("a sign-in from a new device", () => {
  it("is told by email with time, device and network block, once per device, and marked in the history", async () => {
    const user = await atHome();
    const { email } = user;
    expect(await mailsOf(email)).toEqual([]);
    await loginToPortal(db(), { email, password, ...away });
    const [mail, ...more] = await mailsOf(email);
    expect(more).toEqual([]);
    expect(mail?.text).toContain("Safari on iPhone");
    expect(mail?.text).toContain("198.51.100.0/24");
    expect(mail?.text).not.toContain(away.ip);
    expect(mail?.text).toMatch(/\d{4}.*UTC/);
    await loginToPortal(db(), { email, password, ...away });
    expect(await mailsOf(email)).toHaveLength(1);
    expect((await list(user)).data.map(({ new_device }) => new_device)).toEqual([false, true, false, false]);
    const [entry] = await db().auditLog.findMany({
      where: { orgId: user.orgId, action: "auth.logged_in", details: { path: ["new_device"], equals: true } },
    });
    expect(entry?.details).toMatchObject({ method: "password", face: "portal" });
  });

  it("is none for a browser that keeps its cookie on another network, nor for the same network without one", async () => {
    const { email } = await atHome();
    const browser = randomBytes(32).toString("base64url");
    await loginToPortal(db(), { email, password, ...home, browser });
    await loginToPortal(db(), { email, password, ip: "192.0.2.77", userAgent: firefox, browser });
    await loginToPortal(db(), { email, password, ...home });
    expect(await mailsOf(email)).toEqual([]);
    const forged = randomBytes(32).toString("base64url");
    await loginToPortal(db(), { email, password, ip: "192.0.2.200", userAgent: firefox, browser: forged });
    expect(await mailsOf(email)).toHaveLength(1);
  });

  it("is never told of at the first sign-in after registering, wherever it comes from", async () => {
    const { email } = await makeUser({ password, verified: true, ...home });
    await login(db(), { email, password, ...away });
    expect(await mailsOf(email)).toEqual([]);
    const at = `eve.${email}`;
    await signUp(db(), { email: at, password, name: "Eve", ...home });
    await loginToPortal(db(), { email: at, password, ...away });
    expect(await mailsOf(at)).toEqual([]);
    await db().user.update({
      where: { emailIndex: emailIndex(at) },
      data: { emailVerifiedAt: new Date() },
    });
    await loginToPortal(db(), { email: at, password, ip: "192.0.2.9", userAgent: "curl/8" });
    expect(await mailsOf(at)).toHaveLength(1);
  });

  it("is not told to a mailbox that nobody has proven: it may be a stranger's", async () => {
    const { email } = await makeUser({ password, ...home });
    await login(db(), { email, password, ...home });
    await login(db(), { email, password, ...away });
    expect(await mailsOf(email)).toEqual([]);
  });

  it("is told of at an account that nobody signed in to for longer than the history lasts", async () => {
    const { email, userId } = await makeUser({ password, verified: true, ...home });
    await db().user.update({ where: { id: userId }, data: { createdAt: new Date(Date.now() - 200 * DAY) } });
    await login(db(), { email, password, ...away });
    expect(await mailsOf(email)).toHaveLength(1);
  });

  it("is told of whichever way somebody signs in: API, portal, Google or GitHub", async () => {
    const { email, userId } = await atHome();
    await login(db(), { email, password, ip: "192.0.2.1", userAgent: "curl/8" });
    const identity = { provider: "github", providerAccountId: userId } as const;
    await db().linkedAccount.create({ data: { ...identity, userId, createdAt: new Date() } });
    const profile = { ...identity, email, emailVerified: true, name: null, revokeKeysAndInvitations };
    await signInWithProvider(db(), { ...profile, ip: "192.0.2.2", userAgent: safari });
    expect(await mailsOf(email)).toHaveLength(2);
  });

  it("sends no more than ten emails an hour, however many devices somebody claims", async () => {
    const { email } = await atHome();
    for (let round = 0; round < 12; round += 1) {
      await login(db(), { email, password, ip: `192.0.2.${round}`, userAgent: "curl/8" });
    }
    expect(await mailsOf(email)).toHaveLength(10);
  });
});

describe("the link in that email", () => {
  it("ends all sessions once, keeps the password, and makes every device new again", async () => {
    const { email, userId, claims } = await atHome();
    const thief = await loginToPortal(db(), { email, password, ...away });
    const token = tokenIn((await mailsOf(email))[0]?.text ?? "");
    expect(await endSessionsByLink(db(), { token, ip: home.ip })).toEqual({ signed_out: true });
    for (const session of [claims, { kind: "session" as const, ...thief }]) {
      expect(await loadUserPrincipal(db(), session, systemClock)).toBeNull();
    }
    expect(await code(endSessionsByLink(db(), { token, ip: home.ip }))).toBe("invalid_token");
    await loginToPortal(db(), { email, password, ...away });
    expect(await mailsOf(email)).toHaveLength(2);
    expect(
      await db().auditLog.count({ where: { targetId: userId, action: "auth.signed_out_everywhere" } }),
    ).toBe(1);
  });

  it("works for each email until it is used, for seven days, and resets nothing else", async () => {
    const { email } = await atHome();
    await loginToPortal(db(), { email, password, ...away });
    await loginToPortal(db(), { email, password, ip: "192.0.2.9", userAgent: "curl/8" });
    const [second, first] = (await mailsOf(email)).map(({ text }) => tokenIn(text));
    expect(first).not.toBe(second);
    expect(await code(endSessionsByLink(db(), { token: second ?? "", ip: null }, after(8 * DAY)))).toBe(
      "invalid_token",
    );
    expect(await code(endSessionsByLink(db(), { token: first ?? "", ip: null }))).toBe("ok");
    expect(await code(endSessionsByLink(db(), { token: second ?? "", ip: null }))).toBe("ok");
    expect(await code(endSessionsByLink(db(), { token: "none", ip: null }))).toBe("invalid_token");
  });
});
