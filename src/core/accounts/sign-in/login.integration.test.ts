import { randomUUID } from "node:crypto";
import { availableParallelism } from "node:os";
import { verify } from "@node-rs/argon2";
import { afterAll, beforeEach, describe, expect, it, vi } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { makeUser } from "../../../../infra/testing/make-user";
import { inFiveSeconds } from "../../../../infra/testing/monotonic-clock";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { HOUR } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  changePassword,
  loadUserPrincipal,
  login,
  loginToPortal,
  signOutEverywhere,
  verifyAccessToken,
} from "..";

// The real argon2, its calls counted.
vi.mock("@node-rs/argon2", async (load) => {
  const real = await load<typeof import("@node-rs/argon2")>();
  return { ...real, verify: vi.fn(real.verify) };
});

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});
beforeEach(() => {
  vi.mocked(verify).mockClear();
});

const password = "correct horse battery staple";
const home = "203.0.113.9";

const wrong = (email: string, ip: string) =>
  login(db(), { email, password: "wrong horse battery staple", ip }).then(
    () => "ok",
    (error: { code: string }) => error.code,
  );

describe("signing in", () => {
  it("answers with tokens of a new session", async () => {
    const { email, view } = await makeUser({ password });
    const again = await login(db(), { email, password, ip: home });
    expect(again).toMatchObject({ user: { id: view.user.id, email }, organization: view.organization });
    const [first, second] = await Promise.all([view, again].map((v) => verifyAccessToken(v.access_token)));
    expect(first?.sessionId).not.toBe(second?.sessionId);
  });

  it("gives unknown addresses, wrong passwords and accounts without one the same answer after the same work", async () => {
    const { email } = await makeUser({ password });
    const { email: passwordless, claims } = await makeUser({ password });
    await db().user.update({ where: { id: claims.userId }, data: { passwordHash: null } });
    const refusals = [];
    for (const address of [email, "nobody@example.com", passwordless]) {
      vi.mocked(verify).mockClear();
      const refusal = await login(db(), {
        email: address,
        password: "wrong horse battery staple",
        ip: home,
      }).catch((error: unknown) => error);
      const hashes = vi
        .mocked(verify)
        .mock.calls.map(([hash]) => String(hash).split("$").slice(0, 4).join("$"));
      refusals.push({ ...(refusal as object), cause: undefined, hashes });
    }
    expect(refusals[0]).toMatchObject({
      code: "invalid_login",
      hashes: ["$argon2id$v=19$m=19456,t=2,p=1"],
    });
    expect(refusals[1]).toEqual(refusals[0]);
    expect(refusals[2]).toEqual(refusals[0]);
  });

  it("keeps a deleted account out", async () => {
    const { email, claims } = await makeUser({ password });
    await db().user.update({ where: { id: claims.userId }, data: { deletedAt: new Date() } });
    await expect(login(db(), { email, password, ip: home })).rejects.toMatchObject({ code: "invalid_login" });
  });

  it("does not count right passwords", async () => {
    const { email } = await makeUser({ password });
    for (let i = 0; i < 15; i += 1) await login(db(), { email, password, ip: "203.0.113.20" });
  });
});

describe("guessing", () => {
  it("ends after ten wrong passwords from one address, the right one included, and says when to come back", async () => {
    const { email } = await makeUser({ password });
    for (let i = 0; i < 10; i += 1) expect(await wrong(email, "198.51.100.1")).toBe("invalid_login");
    const refused = await login(db(), { email, password, ip: "198.51.100.1" }).catch(
      (error: unknown) => error,
    );
    expect(refused).toMatchObject({ code: "too_many_attempts", status: 429 });
    expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeGreaterThan(0);
    expect((refused as { retryAfterSeconds: number }).retryAfterSeconds).toBeLessThanOrEqual(HOUR / 1_000);
  });

  it("never locks out the owner, who signs in from elsewhere", async () => {
    const { email } = await makeUser({ password });
    for (let i = 0; i < 12; i += 1) await wrong(email, "198.51.100.2");
    expect(await login(db(), { email, password, ip: home })).toMatchObject({ user: { email } });
  });

  it("is limited for unknown addresses in the same way", async () => {
    const email = `nobody.${randomUUID()}@example.com`;
    for (let i = 0; i < 10; i += 1) expect(await wrong(email, "198.51.100.3")).toBe("invalid_login");
    expect(await wrong(email, "198.51.100.3")).toBe("too_many_attempts");
  });

  it("counts an IPv6 customer's addresses as one", async () => {
    const { email } = await makeUser({ password });
    for (let i = 0; i < 10; i += 1) await wrong(email, `2001:db8:5:6::${i}`);
    expect(await wrong(email, "2001:db8:5:6:ffff::1")).toBe("too_many_attempts");
  });

  it("cannot pass the limit by guessing in parallel", async () => {
    const { email } = await makeUser({ password });
    const codes = await Promise.all(Array.from({ length: 60 }, () => wrong(email, "198.51.100.4")));
    const judged = codes.filter((code) => code === "invalid_login").length;
    expect(judged).toBeGreaterThanOrEqual(10);
    expect(judged).toBeLessThan(10 + availableParallelism());
    expect(vi.mocked(verify).mock.calls.length).toBe(judged);
  });

  it("from many addresses slows each of them down and still lets the owner in", {
    timeout: 90_000,
  }, async () => {
    const { email } = await makeUser({ password });
    for (let i = 0; i < 34; i += 1) {
      for (let tries = 0; tries < 3; tries += 1) await wrong(email, `192.0.2.${i}`);
    }
    const codes = [];
    for (let i = 0; i < 4; i += 1) codes.push(await wrong(email, "192.0.2.200"));
    expect(codes).toEqual(["invalid_login", "invalid_login", "invalid_login", "too_many_attempts"]);
    expect(await login(db(), { email, password, ip: home })).toMatchObject({ user: { email } });
  });
});

describe("a session", () => {
  const principal = (claims: Parameters<typeof loadUserPrincipal>[1]) => loadUserPrincipal(db(), claims);

  it("ends everywhere when the person signs out everywhere", async () => {
    const { email, claims } = await makeUser({ password });
    const portal = await loginToPortal(db(), { email, password, ip: home });
    expect(await principal({ ...claims, kind: "jwt" })).not.toBeNull();
    expect(await principal({ kind: "session", ...portal })).not.toBeNull();
    await signOutEverywhere(db(), { userId: claims.userId });
    expect(await principal({ ...claims, kind: "jwt" })).toBeNull();
    expect(await principal({ kind: "session", ...portal })).toBeNull();
  });

  it("is of one kind: a portal session does not serve the API, nor an API session the portal", async () => {
    const { email, claims } = await makeUser({ password });
    const portal = await loginToPortal(db(), { email, password, ip: home });
    expect(await principal({ ...claims, kind: "session" })).toBeNull();
    expect(await principal({ kind: "jwt", ...portal })).toBeNull();
  });

  it("opens no organization its person is not a member of, and none for another person", async () => {
    const [ada, eve] = [await makeUser({ password }), await makeUser({ password })];
    expect(await principal({ ...eve.claims, orgId: ada.claims.orgId })).toBeNull();
    expect(await principal({ ...ada.claims, userId: eve.claims.userId })).toBeNull();
    expect(await principal({ ...ada.claims, sessionVersion: 2 })).toBeNull();
  });

  it("revoked by another process is refused within five seconds, and expires on its own", async () => {
    const { claims } = await makeUser({ password });
    const session = { ...claims, kind: "jwt" } as const;
    expect(await principal(session)).not.toBeNull();
    const tomorrow = after(31 * 24 * HOUR);
    expect(await loadUserPrincipal(db(), session, tomorrow)).toBeNull();
    await db().session.update({ where: { id: claims.sessionId }, data: { revokedAt: new Date() } });
    using _later = inFiveSeconds();
    expect(await principal(session)).toBeNull();
  });

  it("follows role and plan, and is gone with the membership", async () => {
    const { claims } = await makeUser({ password });
    const { userId, orgId } = claims;
    await db().membership.update({ where: { orgId_userId: { orgId, userId } }, data: { role: "viewer" } });
    await db().subscription.update({ where: { orgId }, data: { plan: "pro" } });
    const viewer = await principal({ ...claims, kind: "jwt" });
    expect(viewer).toMatchObject({ role: "viewer", plan: "pro" });
    expect(viewer?.scopes.has("keys:write")).toBe(false);
    await db().membership.delete({ where: { orgId_userId: { orgId, userId } } });
    expect(await principal({ ...claims, kind: "jwt", orgId })).toEqual(viewer);
    expect(await principal({ ...claims, kind: "session" })).toBeNull();
  });
});

describe("changing a password", () => {
  it("ends the other sessions and keeps this one; the old password no longer works, and the owner is told", async () => {
    const { email, claims } = await makeUser({ password });
    const other = await verifyAccessToken((await login(db(), { email, password, ip: home })).access_token);
    const next = "entirely different long words";
    await changePassword(db(), { ...claims, ip: home, current_password: password, new_password: next });
    expect(await loadUserPrincipal(db(), { ...claims, kind: "jwt" })).not.toBeNull();
    expect(await loadUserPrincipal(db(), { kind: "jwt", ...other })).toBeNull();
    expect(await wrong(email, home)).toBe("invalid_login");
    await expect(login(db(), { email, password, ip: home })).rejects.toMatchObject({ code: "invalid_login" });
    expect(await login(db(), { email, password: next, ip: home })).toMatchObject({ user: { email } });
    await drainAfterResponse();
    expect(stack.mailbox.messagesTo(email)[0]?.subject).toBe("Your password was changed");
  });

  it("needs the present password and a strong new one", async () => {
    const { claims } = await makeUser({ password });
    const change = { ...claims, ip: home, current_password: password, new_password: "short" };
    await expect(changePassword(db(), change)).rejects.toMatchObject({
      code: "weak_password",
      param: "new_password",
    });
    await expect(
      changePassword(db(), { ...change, current_password: "wrong horse battery staple" }),
    ).rejects.toMatchObject({ code: "invalid_login", param: "current_password" });
  });

  it("under way refuses a sign-in with the old password that was proven just before", async () => {
    const { email, claims } = await makeUser({ password });
    const next = "entirely different long words";
    const [changed, ...signIns] = await Promise.allSettled([
      changePassword(db(), { ...claims, ip: null, current_password: password, new_password: next }),
      ...Array.from({ length: 6 }, () => login(db(), { email, password, ip: null })),
    ]);
    expect(changed?.status).toBe("fulfilled");
    for (const signIn of signIns) {
      if (signIn.status === "rejected") continue;
      const session = await verifyAccessToken(signIn.value.access_token);
      expect(await loadUserPrincipal(db(), { kind: "jwt", ...session })).toBeNull();
    }
  });
});
