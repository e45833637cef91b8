import { randomUUID } from "node:crypto";
import { describe, expect, it, vi } from "vitest";
import { createKey, createKeyInputSchema } from "../keys";
import { revokeKeysAndInvitations } from "../members";
import { systemClock } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { db } from "../platform/db/client";
import { transactWithKeys } from "../privacy";
import {
  loadUserPrincipal,
  login,
  resetPassword,
  signInWithProvider,
  userSubject,
  verifyEmail,
  verifyEmailAtPortal,
} from "./";
import { createSession } from "./sessions/create-session";
import { lockAccount } from "./sign-in/lock-account";
import {
  attackers,
  chosen,
  nothingLeft,
  password,
  preHijacked,
  signsIn,
  stack,
  token,
  victims,
} from "./testing/pre-hijacked";

describe("a person who registered an address before its owner proved it keeps nothing", () => {
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
    const told = stack.mailbox
      .messagesTo(account.email)
      .find(({ subject }) => subject === "Your email is verified");
    expect(told?.text).toContain("3 sign-ins, 1 API key");
  });

  it("when the link is redeemed over the API from elsewhere, without the password", async () => {
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
      // A provider account linked after the address was proven belongs to its owner.
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

  it("a key created at that moment in another process either ends too or is refused", async () => {
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

  it("a key requested while the address is being verified waits for that, and is refused", async () => {
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
        await vi.waitFor(async () => expect(await isWaiting()).toHaveLength(1), { timeout: 60_000 });
        await tx.session.updateMany({ where: { userId }, data: { revokedAt: new Date() } });
        return { outcome };
      },
      { timeout: 20_000 },
    );
    expect(await asked.outcome).toBe("missing_credentials");
  });

  it("the audit log of each organization says what ended", async () => {
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
      grants: 1,
    });
  });

  it("a session created from what a sign-in had read before is refused", async () => {
    const { email, userId, principal, portal } = await preHijacked();
    await verifyEmail(db(), { token: await token(email, "/verify"), ...victims, revokeKeysAndInvitations });
    const late = await transactWithKeys(db(), [userSubject(userId)], (tx) =>
      createSession(
        tx,
        { kind: "portal", method: "password", ...portal, orgId: principal.orgId, ...attackers },
        systemClock,
      ),
    );
    expect(late.userId).toBe(userId);
    expect(await loadUserPrincipal(db(), { kind: "session", ...late })).toBeNull();
  });
});
