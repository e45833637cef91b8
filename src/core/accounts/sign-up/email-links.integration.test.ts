import { randomUUID } from "node:crypto";
import { afterAll, describe, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { revokeKeysAndInvitations } from "../../members";
import { type Clock, DAY, HOUR } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  loadUserPrincipal,
  login,
  loginToPortal,
  refreshSession,
  requestPasswordReset,
  resendVerification,
  resetPassword as resetPasswordWith,
  verifyEmail as verifyEmailWith,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";
const next = "entirely different long words";
const here = { ip: null, revokeKeysAndInvitations };
const verifyEmail = (input: { token: string }, clock?: Clock) =>
  verifyEmailWith(db(), { ...here, ...input }, clock);
const resetPassword = (input: { token: string; password: string }, clock?: Clock) =>
  resetPasswordWith(db(), { ...here, ...input }, clock);
const refused = { code: "invalid_token", status: 400, param: "token" };

async function someone() {
  const user = await makeUser({ password });
  await drainAfterResponse();
  return user;
}
function newestToken(email: string): string {
  return /token=([\w-]+)/.exec(stack.mailbox.messagesTo(email)[0]?.text ?? "")?.[1] ?? "";
}
async function resetToken(email: string): Promise<string> {
  await requestPasswordReset(db(), { email, ip: null });
  await drainAfterResponse();
  return newestToken(email);
}

describe("confirming an address", () => {
  it("takes effect at once and works once", async () => {
    const { email, claims } = await someone();
    expect(await loadUserPrincipal(db(), { ...claims, kind: "jwt" })).toMatchObject({
      emailVerified: false,
      environment: "test",
    });
    const token = newestToken(email);
    expect(await verifyEmail({ token })).toEqual({ email_verified: true });
    const portal = await loginToPortal(db(), { email, password, ip: null });
    expect(await loadUserPrincipal(db(), { kind: "session", ...portal })).toMatchObject({
      emailVerified: true,
      environment: "live",
    });
    await expect(verifyEmail({ token })).rejects.toMatchObject(refused);
    expect(await resendVerification(db(), { userId: claims.userId })).toEqual({ status: "already_verified" });
  });

  it("by a link that a newer one replaced is refused", async () => {
    const { email, claims } = await someone();
    const old = newestToken(email);
    await resendVerification(db(), { userId: claims.userId });
    await expect(verifyEmail({ token: old })).rejects.toMatchObject(refused);
    expect(await verifyEmail({ token: newestToken(email) })).toEqual({ email_verified: true });
  });

  it("works for 24 hours, and with links of its own kind only", async () => {
    const { email } = await someone();
    const token = newestToken(email);
    const tomorrow = after(DAY);
    await expect(verifyEmail({ token }, tomorrow)).rejects.toMatchObject(refused);
    await expect(resetPassword({ token, password: next })).rejects.toMatchObject(refused);
    await expect(verifyEmail({ token: await resetToken(email) })).rejects.toMatchObject(refused);
  });

  it("can be asked for five times an hour", async () => {
    const { claims } = await someone();
    for (let i = 0; i < 5; i += 1) await resendVerification(db(), { userId: claims.userId });
    await expect(resendVerification(db(), { userId: claims.userId })).rejects.toMatchObject({
      code: "too_many_attempts",
    });
  });
});

describe("resetting a password", () => {
  it("ends every session of every kind, and only the new password works", async () => {
    const { email, view, claims } = await someone();
    const portal = await loginToPortal(db(), { email, password, ip: null });
    await resetPassword({ token: await resetToken(email), password: next });
    expect(await loadUserPrincipal(db(), { ...claims, kind: "jwt" })).toBeNull();
    expect(await loadUserPrincipal(db(), { kind: "session", ...portal })).toBeNull();
    await expect(refreshSession(db(), { refresh_token: view.refresh_token, ip: null })).rejects.toMatchObject(
      {
        code: "invalid_refresh_token",
      },
    );
    await expect(login(db(), { email, password, ip: null })).rejects.toMatchObject({ code: "invalid_login" });
    expect(await login(db(), { email, password: next, ip: null })).toMatchObject({ user: { email } });
    await drainAfterResponse();
    expect(stack.mailbox.messagesTo(email)[0]?.subject).toBe("Your password was changed");
  });

  it("proves the address too: the link came to its mailbox", async () => {
    const { email } = await someone();
    const verification = newestToken(email);
    await resetPassword({ token: await resetToken(email), password: next });
    expect((await login(db(), { email, password: next, ip: null })).user.email_verified).toBe(true);
    await expect(verifyEmail({ token: verification })).rejects.toMatchObject(refused);
  });

  it("by one link many times at once changes it once", async () => {
    const { email } = await someone();
    const token = await resetToken(email);
    const passwords = Array.from({ length: 8 }, (_, i) => `${next} number ${i}`);
    const results = await Promise.allSettled(
      passwords.map((candidate) => resetPassword({ token, password: candidate })),
    );
    expect(results.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
    for (const result of results) {
      if (result.status === "rejected") expect(result.reason).toMatchObject(refused);
    }
    const winner = passwords[results.findIndex(({ status }) => status === "fulfilled")] ?? "";
    expect(await login(db(), { email, password: winner, ip: null })).toMatchObject({ user: { email } });
  });

  it("refuses a weak password and leaves the link usable for its hour", async () => {
    const { email } = await someone();
    const token = await resetToken(email);
    await expect(resetPassword({ token, password: "short" })).rejects.toMatchObject({
      code: "weak_password",
    });
    const later = after(HOUR);
    await expect(resetPassword({ token, password: next }, later)).rejects.toMatchObject(refused);
    expect(await resetPassword({ token, password: next })).toEqual({ password_changed: true });
  });

  it("is asked for with one answer whether the address is known or not, and mails only the known one", async () => {
    const { email } = await someone();
    const unknown = `nobody.${randomUUID()}@example.com`;
    const answers = await Promise.all(
      [email, unknown].map((address) => requestPasswordReset(db(), { email: address, ip: "203.0.113.50" })),
    );
    expect(answers[0]).toEqual(answers[1]);
    await drainAfterResponse();
    expect(stack.mailbox.messagesTo(email)[0]?.subject).toBe("Choose a new password");
    expect(stack.mailbox.messagesTo(unknown)).toEqual([]);
  });

  it("cannot be kept from its owner, nor used to flood the mailbox", async () => {
    const { email } = await someone();
    for (let i = 0; i < 8; i += 1) await requestPasswordReset(db(), { email, ip: `198.51.100.${i}` });
    await drainAfterResponse();
    const resets = stack.mailbox
      .messagesTo(email)
      .filter(({ subject }) => subject === "Choose a new password");
    expect(resets).toHaveLength(5);
    expect(await resetPassword({ token: newestToken(email), password: next })).toEqual({
      password_changed: true,
    });
  });
});
