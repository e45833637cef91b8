import { randomUUID } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { makeUser } from "../../../../infra/testing/make-user";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, fromPublicId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  emailUser,
  getEmailPreferences,
  getMe,
  getSignInMethods,
  listSessions,
  loadUserPrincipal,
  login,
  loginToPortal,
  refreshSession,
  revokeOtherSessions,
  revokeSession,
  signUp,
  updateEmailPreferences,
  updateProfile,
  verifyAccessToken,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const password = "correct horse battery staple";
const firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:145.0) Gecko/20100101 Firefox/145.0";

function someone() {
  return makeUser({ password, ip: "203.0.113.7", userAgent: "curl/8.14.1" });
}
const list = (
  claims: { userId: string; sessionId: string },
  input: { limit?: number; cursor?: string } = {},
) => listSessions(db(), { ...claims, operator: false, input: { limit: 20, ...input } });
const alive = async (claims: Parameters<typeof loadUserPrincipal>[1]) =>
  (await loadUserPrincipal(db(), claims)) !== null;

test("sessions are listed newest first, with device, address and the one that asks, page by page", async () => {
  const { email, claims } = await someone();
  await someone();
  await loginToPortal(db(), { email, password, ip: "198.51.100.4", userAgent: firefox });
  await loginToPortal(db(), { email, password, ip: null });
  const { data, next_cursor } = await list(claims);
  expect(next_cursor).toBeNull();
  expect(data.map(({ kind, device, ip, current }) => ({ kind, device, ip, current }))).toEqual([
    { kind: "portal", device: "Unknown device", ip: null, current: false },
    { kind: "portal", device: "Firefox on Linux", ip: "198.51.100.4", current: false },
    { kind: "api", device: "curl", ip: "203.0.113.7", current: true },
  ]);
  const first = await list(claims, { limit: 2 });
  const second = await list(claims, { limit: 2, cursor: first.next_cursor ?? "" });
  expect([...first.data, ...second.data]).toEqual(data);
  expect(second.next_cursor).toBeNull();
  await expect(list(claims, { cursor: "ses_nonsense" })).rejects.toMatchObject({ code: "invalid_cursor" });
});

test("sessions that have ended or expired are not listed", async () => {
  const { email, claims } = await someone();
  const portal = await loginToPortal(db(), { email, password, ip: null });
  await db().session.update({
    where: { id: portal.sessionId },
    data: { expiresAt: new Date(Date.now() - DAY) },
  });
  const { data } = await list(claims);
  expect(data.map(({ id }) => fromPublicId("ses", id))).toEqual([claims.sessionId]);
});

test("a revoked session stops at once, tokens included, and revoking it again changes nothing", async () => {
  const { email, claims } = await someone();
  const portal = await loginToPortal(db(), { email, password, ip: null });
  const program = await login(db(), { email, password, ip: null });
  const other = await verifyAccessToken(program.access_token);
  expect(await alive({ kind: "session", ...portal })).toBe(true);
  expect(await alive({ kind: "jwt", ...other })).toBe(true);
  for (const id of [portal.sessionId, other.sessionId, other.sessionId]) {
    expect(await revokeSession(db(), { ...claims, id })).toMatchObject({ revoked: true });
  }
  expect(await alive({ kind: "session", ...portal })).toBe(false);
  expect(await alive({ kind: "jwt", ...other })).toBe(false);
  await expect(
    refreshSession(db(), { refresh_token: program.refresh_token, ip: null }),
  ).rejects.toMatchObject({
    code: "invalid_refresh_token",
  });
  expect(await alive(claims)).toBe(true);
  expect(await db().auditLog.count({ where: { orgId: claims.orgId, action: "auth.session_revoked" } })).toBe(
    2,
  );
});

test("nobody can revoke another person's session", async () => {
  const [ada, eve] = [await someone(), await someone()];
  await expect(revokeSession(db(), { ...eve.claims, id: ada.claims.sessionId })).rejects.toMatchObject({
    code: "not_found",
  });
  expect(await revokeOtherSessions(db(), eve.claims)).toEqual({ revoked: 0 });
  expect(await alive(ada.claims)).toBe(true);
});

test("revoking the others keeps the one that asks", async () => {
  const { email, claims } = await someone();
  const portal = await loginToPortal(db(), { email, password, ip: null });
  const other = await verifyAccessToken((await login(db(), { email, password, ip: null })).access_token);
  expect(await revokeOtherSessions(db(), portal)).toEqual({ revoked: 2 });
  expect(await alive({ kind: "session", ...portal })).toBe(true);
  expect(await alive(claims)).toBe(false);
  expect(await alive({ kind: "jwt", ...other })).toBe(false);
  expect(await revokeOtherSessions(db(), portal)).toEqual({ revoked: 0 });
});

test("a name is changed, stored encrypted, and nobody else's", async () => {
  const [ada, eve] = [await someone(), await someone()];
  const { user } = await updateProfile(db(), { ...ada.claims, name: "Ada, Countess of Lovelace" });
  expect(user.name).toBe("Ada, Countess of Lovelace");
  expect((await getMe(db(), eve.claims)).user.name).toBe("Ada");
  const row = await db().user.findUniqueOrThrow({ where: { id: ada.claims.userId } });
  expect(Buffer.from(row.nameCipher).includes("Countess")).toBe(false);
});

test("tells whether there is a password, and which providers are linked", async () => {
  const { claims } = await someone();
  expect(await getSignInMethods(db(), claims)).toEqual({
    password: true,
    providers: [],
    second_factor: false,
    company: false,
    passkeys: 0,
  });
  const { userId } = claims;
  await db().linkedAccount.create({
    data: { provider: "github", providerAccountId: randomUUID(), userId, createdAt: new Date() },
  });
  await db().user.update({ where: { id: userId }, data: { passwordHash: null } });
  expect(await getSignInMethods(db(), claims)).toEqual({
    password: false,
    providers: ["github"],
    second_factor: false,
    company: false,
    passkeys: 0,
  });
});

test("signing up at the portal opens no session, mails the same link, and refuses as registering does", async () => {
  const email = `ada.${randomUUID()}@example.com`;
  const input = { email, password, name: "Ada", ip: null };
  expect(await signUp(db(), input)).toEqual({ signed_up: true });
  const portal = await loginToPortal(db(), { email, password, ip: null });
  expect((await list(portal)).data.map(({ kind }) => kind)).toEqual(["portal"]);
  await drainAfterResponse();
  expect(stack.mailbox.messagesTo(email)[0]?.subject).toBe("Verify your email");
  expect(await signUp(db(), input)).toEqual({ signed_up: true });
  await expect(signUp(db(), { ...input, email: `x${email}`, password: "short" })).rejects.toMatchObject({
    code: "weak_password",
  });
});

test("a muted kind of email is not sent; what has no kind always is", async () => {
  const { email, claims } = await someone();
  const note = (subject: string) => ({ subject, body: subject });
  expect(await getEmailPreferences(db(), claims)).toEqual({ muted: [] });
  expect(await updateEmailPreferences(db(), { ...claims, muted: ["receipts", "usage"] })).toEqual({
    muted: ["receipts", "usage"],
  });
  await emailUser(db(), claims.userId, note("quota"), { kind: "usage" });
  await emailUser(db(), claims.userId, note("news"), { kind: "product" });
  await emailUser(db(), claims.userId, note("security"));
  await drainAfterResponse();
  const subjects = () => stack.mailbox.messagesTo(email).map(({ subject }) => subject);
  expect(subjects()).toEqual(expect.arrayContaining(["news", "security"]));
  expect(subjects()).not.toContain("quota");
  await updateEmailPreferences(db(), { ...claims, muted: [] });
  await emailUser(db(), claims.userId, note("quota"), { kind: "usage" });
  expect(subjects()).toContain("quota");
  const entries = await db().auditLog.findMany({
    where: { targetId: claims.userId, action: "account.profile_updated" },
  });
  expect(entries.map(({ details }) => details)).toContainEqual({
    changed: "muted_mails",
    muted_mails: "receipts usage",
  });
});
