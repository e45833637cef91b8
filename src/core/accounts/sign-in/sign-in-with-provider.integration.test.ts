import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { revokeKeysAndInvitations } from "../../members";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  getMe,
  loadUserPrincipal,
  login,
  type ProviderIdentity,
  signInWithProvider as signIn,
  verifyEmail,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";
const identity = (changes: Partial<ProviderIdentity> = {}): ProviderIdentity => ({
  provider: "google",
  providerAccountId: randomUUID(),
  email: `ada.${randomUUID()}@example.com`,
  emailVerified: true,
  name: "Ada Lovelace",
  ip: null,
  ...changes,
});

const signInWithProvider = (person: ProviderIdentity) =>
  signIn(db(), { ...person, revokeKeysAndInvitations });

async function registered({ confirmed }: { confirmed: boolean }) {
  const { email, userId } = await makeUser({ password });
  await drainAfterResponse();
  const token = /token=([\w-]+)/.exec(stack.mailbox.messagesTo(email)[0]?.text ?? "")?.[1] ?? "";
  if (confirmed) await verifyEmail(db(), { token, ip: null, revokeKeysAndInvitations });
  return { email, userId };
}

test("a new person gets a confirmed account without a password, and the same one the next time", async () => {
  const first = identity();
  const opened = await signInWithProvider(first);
  expect(await loadUserPrincipal(db(), { kind: "session", ...opened })).toMatchObject({
    environment: "live",
  });
  expect(await getMe(db(), opened)).toMatchObject({
    user: { email: first.email, name: "Ada Lovelace", email_verified: true },
    organization: { role: "owner", plan: "free" },
  });
  await expect(login(db(), { email: first.email ?? "", password, ip: null })).rejects.toMatchObject({
    code: "invalid_login",
  });
  const again = await signInWithProvider({
    ...first,
    email: "moved@example.com",
    emailVerified: false,
  });
  expect(again.userId).toBe(opened.userId);
  expect(again.sessionId).not.toBe(opened.sessionId);
});

test("an address that the provider has not verified signs nobody in and creates nothing", async () => {
  const { email } = await registered({ confirmed: true });
  for (const unproven of [
    identity({ emailVerified: false }),
    identity({ email: null }),
    identity({ email, emailVerified: false }),
  ]) {
    await expect(signInWithProvider(unproven)).rejects.toMatchObject({ code: "email_not_verified" });
  }
});

test("an account with that address is linked when both sides have confirmed it, and its owner is told", async () => {
  const { email, userId } = await registered({ confirmed: true });
  const opened = await signInWithProvider(identity({ email: email.toUpperCase() }));
  expect(opened.userId).toBe(userId);
  await drainAfterResponse();
  expect(stack.mailbox.messagesTo(email)[0]?.subject).toBe("Google sign-in was added to your account");
});

test("two tabs of a new person make one account", async () => {
  const person = identity();
  const opened = await Promise.all([1, 2, 3, 4].map(() => signInWithProvider(person)));
  expect(new Set(opened.map(({ userId }) => userId)).size).toBe(1);
});

test("a provider's unusual names are shortened and cleaned", async () => {
  const opened = await signInWithProvider(identity({ name: `  Ada\u0000\n${"x".repeat(300)}\ud800` }));
  const { user } = await getMe(db(), opened);
  expect(user.name).toMatch(/^Ada {2}x{115}$/);
  const nameless = await signInWithProvider(
    identity({ name: " ", email: `grace.${randomUUID()}@example.com` }),
  );
  expect((await getMe(db(), nameless)).user.name).toMatch(/^grace\./);
});
