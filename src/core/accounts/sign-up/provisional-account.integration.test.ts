import { randomUUID } from "node:crypto";
import { hash, hashRaw, verify } from "@node-rs/argon2";
import { afterAll, describe, expect, it, vi } from "vitest";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { inviteMember } from "../../members";
import { eraseAccount } from "../../org-deletion";
import { DAY } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  changePassword,
  emailIndex,
  listSignIns,
  loadUserPrincipal,
  login,
  loginToPortal,
  registerUser,
  requestPasswordReset,
  resendVerification,
  resetPassword,
  signUp,
  stepUp,
  verifyAccessToken,
  verifyEmail,
} from "..";
import { getMe } from "../users/get-me";

// The real argon2, its calls counted.
vi.mock("@node-rs/argon2", async (load) => {
  const real = await load<typeof import("@node-rs/argon2")>();
  return { ...real, verify: vi.fn(real.verify), hash: vi.fn(real.hash), hashRaw: vi.fn(real.hashRaw) };
});

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const mine = "correct horse battery staple";
const theirs = "entirely different long words";
const ip = "203.0.113.9";
const revokeKeysAndInvitations = async () => ({
  keysByOrg: new Map(),
  invitations: 0,
  entries: [],
  forget: () => undefined,
});

const register = (email: string, password = theirs) =>
  registerUser(db(), { email, password, name: "Eve", ip });
const code = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const subjectsTo = async (email: string) => {
  await drainAfterResponse();
  return stack.mailbox.messagesTo(email).map(({ subject }) => subject);
};
const idOf = async (signedIn: Promise<{ access_token: string }>) =>
  (await verifyAccessToken((await signedIn).access_token)).userId;

/** Addresses that have an account, in every state, and one that has none. */
async function addresses() {
  const verified = await makeUser({ password: mine, verified: true });
  const unverified = await makeUser({ password: mine });
  const passwordless = await makeUser({ password: mine, verified: true });
  await db().user.update({ where: { id: passwordless.userId }, data: { passwordHash: null } });
  const held = await makeUser({ password: mine, verified: true });
  const free = `held.${randomUUID()}@example.com`;
  await db().emailChange.create({
    data: {
      id: randomUUID(),
      userId: held.userId,
      sessionId: held.claims.sessionId,
      oldCipher: Buffer.from("x"),
      oldIndex: emailIndex(free),
      newCipher: Buffer.from("x"),
      newIndex: emailIndex(held.email),
      tokenHash: Buffer.from(randomUUID()),
      undoTokenHash: Buffer.from(randomUUID()),
      createdAt: new Date(),
      confirmedAt: new Date(),
      expiresAt: new Date(Date.now() + DAY),
    },
  });
  await drainAfterResponse();
  return {
    fresh: `fresh.${randomUUID()}@example.com`,
    taken: [verified.email, unverified.email, passwordless.email, free],
    accounts: [verified, unverified],
  };
}

/** A view with what differs between any two accounts taken out. */
const shapeOf = (view: Awaited<ReturnType<typeof register>>) => ({
  ...view,
  user: { ...view.user, id: "", email: "", created_at: "" },
  organization: { ...view.organization, id: "", name: "", created_at: "" },
  access_token: view.access_token.length,
  refresh_token: view.refresh_token.length,
});

describe("signing up with an email that has an account", () => {
  it("gives the same response, and everything after it is the same, but for what the mailbox learns", async () => {
    const { fresh, taken } = await addresses();
    const seen = [];
    for (const email of [fresh, ...taken]) {
      const view = await register(email);
      const claims = { kind: "jwt", ...(await verifyAccessToken(view.access_token)) } as const;
      const principal = await loadUserPrincipal(db(), claims);
      if (principal === null) throw new Error("no session");
      const me = await getMe(db(), claims);
      expect(me.user.email).toBe(email);
      const signedIn = await idOf(login(db(), { email, password: theirs, ip }));
      expect(signedIn).toBe(claims.userId);
      const portal = await loginToPortal(db(), { email: ` ${email.toUpperCase()}`, password: theirs, ip });
      expect(portal.userId).toBe(claims.userId);
      seen.push({
        shape: shapeOf(view),
        principal: { ...principal, userId: "", sessionId: "", orgId: "" },
        resent: await resendVerification(db(), claims),
        stepped: await code(stepUp(db(), { ...claims, password: theirs, ip })),
        wrongStep: await code(stepUp(db(), { ...claims, password: "wrong", ip })),
        wrong: await code(login(db(), { email, password: "wrong horse battery staple", ip })),
        again: await code(register(email, `${theirs} 2`)),
        invites: await code(inviteMember(db(), { principal, input: { email, role: "viewer" } })),
        mistyped: await code(eraseAccount(db(), { principal, input: { email: `x${email}` } })),
        erased: await code(eraseAccount(db(), { principal, input: { email } })),
      });
    }
    const [first, ...others] = seen;
    for (const other of others) expect(other).toEqual(first);
    expect(first).toMatchObject({
      shape: { user: { email_verified: false }, organization: { role: "owner", plan: "free" } },
      principal: { environment: "test" },
      resent: { status: "sent" },
      wrong: "invalid_login",
      again: "ok",
    });
  });

  it("takes the same work, whether the email has an account or not, when signing up and when signing in", async () => {
    const { fresh, taken } = await addresses();
    const count = async (work: () => Promise<unknown>) => {
      for (const spy of [hash, hashRaw, verify]) vi.mocked(spy).mockClear();
      await work();
      return [hash, hashRaw, verify].map((spy) => vi.mocked(spy).mock.calls.length);
    };
    const costs = [];
    for (const email of [fresh, ...taken]) {
      costs.push({
        signUp: await count(() => signUp(db(), { email, password: theirs, name: "Eve", ip })),
        right: await count(() => loginToPortal(db(), { email, password: theirs, ip })),
        wrong: await count(() => code(login(db(), { email, password: "wrong", ip }))),
      });
    }
    for (const cost of costs) expect(cost).toEqual({ signUp: [1, 1, 0], right: [0, 1, 1], wrong: [0, 1, 1] });
    const unknown = `nobody.${randomUUID()}@example.com`;
    expect(await count(() => code(login(db(), { email: unknown, password: "wrong", ip })))).toEqual([
      0, 1, 1,
    ]);
  });

  it("leaves the existing account as it is, and tells its mailbox, five times an hour at most", async () => {
    const { accounts } = await addresses();
    for (const { email, userId, orgId } of accounts) {
      const before = await db().user.findUniqueOrThrow({ where: { id: userId } });
      const entries = await db().auditLog.count({ where: { orgId } });
      await register(email);
      await login(db(), { email, password: theirs, ip });
      expect(await db().user.findUniqueOrThrow({ where: { id: userId } })).toEqual(before);
      expect(await db().auditLog.count({ where: { orgId } })).toBe(entries);
      const history = await listSignIns(db(), { userId, input: { limit: 20 } });
      expect(history.data.map(({ method }) => method)).toEqual(["registration"]);
      const [subject] = await subjectsTo(email);
      expect(subject).toBe("You already have an account");
      expect(await idOf(login(db(), { email, password: mine, ip }))).toBe(userId);
    }
    const [{ email } = { email: "" }] = accounts;
    // From many networks: one has a limit of its own.
    for (let round = 0; round < 8; round += 1) {
      await registerUser(db(), { email, password: theirs, name: "Eve", ip: `2001:db8:${round}::1` });
    }
    const told = (await subjectsTo(email)).filter((subject) => subject === "You already have an account");
    expect(told).toHaveLength(5);
  });

  it("creates what can never be verified, nor opened by a reset", async () => {
    const { accounts } = await addresses();
    const [{ email, userId } = { email: "", userId: "" }] = accounts;
    const provisional = await idOf(register(email));
    await resendVerification(db(), { userId: provisional });
    await drainAfterResponse();
    // The existing account's own link, from when it registered, is all that the mailbox has.
    const links = stack.mailbox
      .messagesTo(email)
      .flatMap(({ text }) => /verify\?token=([\w-]+)/.exec(text)?.[1] ?? []);
    expect(links).toHaveLength(1);
    await verifyEmail(db(), { token: links[0] ?? "", ip, revokeKeysAndInvitations });
    await requestPasswordReset(db(), { email, ip });
    await drainAfterResponse();
    const reset = stack.mailbox
      .messagesTo(email)
      .flatMap(({ text }) => /reset-password\?token=([\w-]+)/.exec(text)?.[1] ?? []);
    const chosen = "a new and longer passphrase";
    await resetPassword(db(), { token: reset[0] ?? "", password: chosen, ip, revokeKeysAndInvitations });
    expect(await idOf(login(db(), { email, password: chosen, ip }))).toBe(userId);
    expect(await idOf(login(db(), { email, password: theirs, ip }))).toBe(provisional);
    await expect(
      db().user.update({ where: { id: provisional }, data: { emailVerifiedAt: new Date() } }),
    ).rejects.toThrow(/users_provisional_is_never_verified/);
  });

  it("creates what changes its own password, and no other's", async () => {
    const { accounts } = await addresses();
    const [{ email, userId } = { email: "", userId: "" }] = accounts;
    const { access_token } = await register(email);
    const claims = await verifyAccessToken(access_token);
    const chosen = "a new and longer passphrase";
    const passwords = { current_password: theirs, new_password: chosen };
    expect(await code(changePassword(db(), { ...claims, ...passwords, current_password: mine, ip }))).toBe(
      "invalid_login",
    );
    await changePassword(db(), { ...claims, ...passwords, ip });
    expect(await code(login(db(), { email, password: theirs, ip }))).toBe("invalid_login");
    expect(await idOf(login(db(), { email, password: chosen, ip }))).toBe(claims.userId);
    expect(await idOf(login(db(), { email, password: mine, ip }))).toBe(userId);
  });

  it("with the account's own password signs in to that account", async () => {
    const { email, userId } = await makeUser({ password: mine });
    await register(email, mine);
    expect(await idOf(login(db(), { email, password: mine, ip }))).toBe(userId);
  });

  it("at the same moment as others gives one account the email and each an account", async () => {
    const email = `many.${randomUUID()}@example.com`;
    const views = await Promise.all([1, 2, 3].map((at) => register(email, `${theirs} ${at}`)));
    const ids = await Promise.all(
      views.map(async (view) => (await verifyAccessToken(view.access_token)).userId),
    );
    expect(new Set(ids).size).toBe(3);
    expect(await db().user.count({ where: { emailIndex: emailIndex(email) } })).toBe(1);
    expect(await db().user.count({ where: { provisionalIndex: emailIndex(email) } })).toBe(2);
    for (const [at, id] of ids.entries()) {
      expect(await idOf(login(db(), { email, password: `${theirs} ${at + 1}`, ip }))).toBe(id);
    }
  });
});
