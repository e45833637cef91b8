import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { makeUser, type TestUser } from "../../../../infra/testing/make-user";
import { until } from "../../../../infra/testing/until";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, MINUTE } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  confirmEmailChange,
  emailIndex,
  type FollowEmail,
  getMe,
  login,
  refreshSession,
  registerUser,
  requestEmailChange,
  undoEmailChange,
} from "..";

const stack = await useTestStack();
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const ip = "203.0.113.9";
const followed: Parameters<FollowEmail>[1][] = [];
const followEmail: FollowEmail = async (_db, change) => {
  followed.push(change);
};
const revokeKeysAndInvitations = async () => ({
  keysByOrg: new Map(),
  invitations: 0,
  entries: [],
  forget: () => undefined,
});

const outcome = (attempt: Promise<unknown>) =>
  attempt.then(
    () => "ok",
    (error: { code: string }) => error.code,
  );
const newAddress = () => `ada.${randomUUID()}@example.org`;

/** The token of the link in the newest email to the address with this subject. */
async function linkTo(address: string, subject: RegExp): Promise<string> {
  const find = () => stack.mailbox.messagesTo(address).find((one) => subject.test(one.subject));
  await drainAfterResponse();
  await until(() => find() !== undefined);
  return /token=([\w-]+)/.exec(find()?.text ?? "")?.[1] ?? "";
}

const request = ({ claims }: TestUser, email: string, clock = after(0)) =>
  requestEmailChange(db(), { ...claims, emailVerified: true, email, ip }, clock);
const confirm = (token: string, clock = after(0)) =>
  confirmEmailChange(db(), { token, ip, followEmail }, clock);
const undo = (token: string, clock = after(0)) =>
  undoEmailChange(db(), { token, ip, followEmail, revokeKeysAndInvitations }, clock);
const emailOf = async ({ claims }: TestUser) => (await getMe(db(), claims)).user.email;

/** Somebody whose address has changed, with the links that both mailboxes got. */
async function changed() {
  const user = await makeUser({ verified: true });
  const email = newAddress();
  await request(user, email);
  const token = await linkTo(email, /confirm your new email/i);
  await confirm(token);
  return { user, email, token, undoToken: await linkTo(user.email, /your email was changed/i) };
}

it("the address changes when the link in the new mailbox is used, once, within a day, and both are told", async () => {
  const user = await makeUser({ verified: true });
  const email = newAddress();
  await request(user, email);
  expect(await emailOf(user)).toBe(user.email);
  const token = await linkTo(email, /confirm your new email/i);
  await linkTo(user.email, /a change of your email was requested/i);
  expect(await outcome(confirm(token, after(DAY + MINUTE)))).toBe("invalid_token");
  const twice = await Promise.all([outcome(confirm(token)), outcome(confirm(token))]);
  expect(twice.sort()).toEqual(["invalid_token", "ok"]);
  expect(await emailOf(user)).toBe(email);
  await linkTo(email, /this is now your agathaai email/i);
  expect(followed).toContainEqual({ userId: user.userId, from: user.email, to: email });
  expect(await outcome(login(db(), { email, password: user.password, ip }))).toBe("ok");
  expect(await outcome(login(db(), { ...user, ip }))).toBe("invalid_login");
});

it("a change ends every session but the one that asked for it", async () => {
  const user = await makeUser({ verified: true });
  const elsewhere = await login(db(), { ...user, ip });
  const email = newAddress();
  await request(user, email);
  await confirm(await linkTo(email, /confirm your new email/i));
  const refresh = (refresh_token: string) => outcome(refreshSession(db(), { refresh_token, ip }));
  expect(await refresh(elsewhere.refresh_token)).toBe("invalid_refresh_token");
  expect(await refresh(user.view.refresh_token)).toBe("ok");
});

it("a newer request replaces the link before, and an unverified or the present address is refused", async () => {
  const user = await makeUser({ verified: true });
  const [first, second] = [newAddress(), newAddress()];
  await request(user, first);
  const earlier = await linkTo(first, /confirm your new email/i);
  await request(user, second);
  expect(await outcome(confirm(earlier))).toBe("invalid_token");
  expect(await outcome(request(user, user.email))).toBe("invalid_request");
  const unverified = { ...user.claims, emailVerified: false, email: first, ip };
  expect(await outcome(requestEmailChange(db(), unverified))).toBe("email_not_verified");
});

it("asking for an address that has an account sends it nothing, and says the same", async () => {
  const [user, other] = [await makeUser({ verified: true }), await makeUser({ verified: true })];
  await drainAfterResponse();
  const before = stack.mailbox.messagesTo(other.email).length;
  expect(await request(user, other.email)).toEqual({ status: "sent" });
  await drainAfterResponse();
  expect(stack.mailbox.messagesTo(other.email)).toHaveLength(before);
});

it("an address that was taken since the link was sent is refused", async () => {
  const user = await makeUser({ verified: true });
  const email = newAddress();
  await request(user, email);
  const token = await linkTo(email, /confirm your new email/i);
  await makeUser({ email });
  expect(await outcome(confirm(token))).toBe("email_taken");
  expect(await emailOf(user)).toBe(user.email);
});

it("the old mailbox brings its address back for seven days, and with it all access ends, the password too", async () => {
  const { user, email, undoToken } = await changed();
  expect(await outcome(undo(undoToken, after(7 * DAY + MINUTE)))).toBe("invalid_token");
  const twice = await Promise.all([outcome(undo(undoToken)), outcome(undo(undoToken))]);
  expect(twice.sort()).toEqual(["invalid_token", "ok"]);
  expect(await emailOf(user)).toBe(user.email);
  const { refresh_token } = user.view;
  expect(await outcome(refreshSession(db(), { refresh_token, ip }))).toBe("invalid_refresh_token");
  for (const address of [email, user.email]) {
    expect(await outcome(login(db(), { email: address, password: user.password, ip }))).toBe("invalid_login");
    await linkTo(address, /a change of email was undone/i).catch(() => expect.fail(`nothing to ${address}`));
  }
  expect(followed).toContainEqual({ userId: user.userId, from: email, to: user.email });
});

it("nobody else gets the old address while it can be brought back; its owner does", async () => {
  const { user, email, undoToken } = await changed();
  const { password } = user;
  const grab = { email: user.email, password, name: "Eve", ip: null };
  await registerUser(db(), grab);
  expect(await db().user.count({ where: { emailIndex: emailIndex(user.email) } })).toBe(0);
  const eve = await makeUser({ verified: true });
  await request(eve, user.email);
  await drainAfterResponse();
  const subjects = stack.mailbox.messagesTo(user.email).map(({ subject }) => subject);
  expect(subjects.filter((subject) => /confirm your new email/i.test(subject))).toEqual([]);
  // Away once more, and straight back to the first: the first link undoes both.
  const further = newAddress();
  await request(user, further);
  await confirm(await linkTo(further, /confirm your new email/i));
  expect(await outcome(undo(undoToken))).toBe("ok");
  expect(await emailOf(user)).toBe(user.email);
  expect(await outcome(undo(await linkTo(email, /your email was changed/i)))).toBe("invalid_token");
});

it("no address of a change is in the database as it is", async () => {
  const { user, email } = await changed();
  const rows = await db().emailChange.findMany({ where: { userId: user.userId } });
  expect(rows).toHaveLength(1);
  const texts = rows
    .flatMap((row) => Object.values(row))
    .map((value) => (value instanceof Uint8Array ? Buffer.from(value).toString("latin1") : String(value)));
  for (const address of [user.email, email]) expect(texts.some((text) => text.includes(address))).toBe(false);
});
