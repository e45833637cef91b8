import { randomUUID } from "node:crypto";
import { afterAll, beforeEach, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { emailIndex } from "../../accounts";
import { DAY, fromPublicId, MINUTE, newId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import {
  confirmSubscription,
  publishNotice,
  requestSubscription,
  sendStatusEmails,
  unsubscribe,
  updateNotice,
} from "..";

const stack = await useTestStack();
const operatorId = newId();

beforeEach(async () => {
  await db().statusNotice.deleteMany();
  await db().statusSubscriber.deleteMany();
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const address = () => `ada.${randomUUID()}@example.com`;
const tokenIn = (text: string) => /token=([\w.%-]+)/.exec(text)?.[1] ?? "";
async function linkFor(email: string): Promise<string> {
  await requestSubscription(db(), { input: { email }, ip: null });
  await drainAfterResponse();
  return tokenIn((await stack.mailbox.waitFor(email)).text);
}
async function subscriber(): Promise<string> {
  const email = address();
  await confirmSubscription(db(), { token: await linkFor(email) });
  return email;
}
const publish = () =>
  publishNotice(db(), {
    operatorId,
    input: {
      kind: "incident",
      title: "Slow answers",
      severity: "P2",
      state: "investigating",
      components: ["api"],
      text: "We are looking into slow answers since 12:00 UTC.",
    },
  });
const updatesTo = (email: string) =>
  stack.mailbox.messagesTo(email).filter(({ subject }) => subject.endsWith("Slow answers"));

it("nothing is stored of an address until its link is used, and then only encrypted", async () => {
  const email = address();
  const token = await linkFor(email);
  expect(await db().statusSubscriber.count()).toBe(0);
  expect(token).not.toContain(email.slice(0, 8));
  expect(await confirmSubscription(db(), { token })).toEqual({ subscribed: true, email });
  await confirmSubscription(db(), { token });
  const rows = await db().$queryRaw<{ row: string }[]>`
    SELECT to_jsonb(s)::text || encode(email_cipher, 'escape') AS row FROM status_subscribers s`;
  expect(rows).toHaveLength(1);
  expect(rows[0]?.row).not.toContain(email.slice(4, 12));
});

it("a link is invalid once changed, after two days, and for anything else", async () => {
  const token = await linkFor(address());
  await expect(confirmSubscription(db(), { token }, after(2 * DAY + MINUTE))).rejects.toMatchObject({
    code: "invalid_token",
  });
  for (const wrong of ["", "none", `${token.slice(0, -2)}AA`]) {
    await expect(confirmSubscription(db(), { token: wrong })).rejects.toMatchObject({
      code: "invalid_token",
    });
    await expect(unsubscribe(db(), { token: wrong })).rejects.toMatchObject({ code: "invalid_token" });
  }
});

it("each update goes once to everyone subscribed when it was posted, however often and by however many it is sent", async () => {
  const [ada, grace] = [await subscriber(), await subscriber()];
  const { id } = await publish();
  const late = await subscriber();
  await Promise.all([sendStatusEmails(db()), sendStatusEmails(db()), sendStatusEmails(db())]);
  await sendStatusEmails(db());
  await sendStatusEmails(db(), { clock: after(DAY) });
  expect([ada, grace, late].map((email) => updatesTo(email).length)).toEqual([1, 1, 0]);
  await updateNotice(db(), {
    operatorId,
    input: { id: fromPublicId("ntc", id), state: "resolved", text: "It is fixed since 12:30 UTC." },
  });
  await sendStatusEmails(db());
  expect(updatesTo(late).map(({ subject }) => subject)).toEqual(["Resolved: Slow answers"]);
  expect(updatesTo(ada)).toHaveLength(2);
});

it("an email whose sender died before the server took it is sent by the next, after a pause", async () => {
  const email = await subscriber();
  await publish();
  // As a process leaves it that was killed right after its claim.
  await db().$executeRaw`UPDATE status_updates SET emails_made_at = now()`;
  await db().$executeRaw`
    INSERT INTO status_emails (update_id, subscriber_id, attempts, next_attempt_at)
    SELECT u.id, s.id, 1, now() + interval '5 minutes' FROM status_updates u, status_subscribers s`;
  expect(await sendStatusEmails(db())).toBe(0);
  expect(await sendStatusEmails(db(), { clock: after(6 * MINUTE) })).toBe(1);
  expect(updatesTo(email)).toHaveLength(1);
});

it("an email whose sender died after the server took it comes again under the same Message-ID", async () => {
  const email = await subscriber();
  await publish();
  await sendStatusEmails(db());
  await db().$executeRaw`UPDATE status_emails SET sent_at = NULL`;
  await sendStatusEmails(db(), { clock: after(6 * MINUTE) });
  const ids = updatesTo(email).map(({ headers }) => headers["message-id"]);
  expect(ids).toHaveLength(2);
  expect(new Set(ids).size).toBe(1);
});

it("an email that cannot be sent now is not lost: it goes out later, once", async () => {
  const email = await subscriber();
  await publish();
  await db()
    .$executeRaw`UPDATE status_subscribers SET email_cipher = set_byte(email_cipher, 20, get_byte(email_cipher, 20) # 1)`;
  expect(await sendStatusEmails(db())).toBe(0);
  await db()
    .$executeRaw`UPDATE status_subscribers SET email_cipher = set_byte(email_cipher, 20, get_byte(email_cipher, 20) # 1)`;
  expect(await sendStatusEmails(db(), { clock: after(6 * MINUTE) })).toBe(1);
  expect(updatesTo(email)).toHaveLength(1);
});

it("every email can be ended with one click by the mail program or by its link; nothing of the address is left", async () => {
  const email = await subscriber();
  await publish();
  await sendStatusEmails(db());
  const [mail] = updatesTo(email);
  expect(mail?.headers["list-unsubscribe-post"]).toBe("List-Unsubscribe=One-Click");
  expect(mail?.headers["list-unsubscribe"]).toMatch(
    /^<http:\/\/localhost:3000\/api\/status\/unsubscribe\?token=/,
  );
  const token = tokenIn(mail?.text ?? "");
  const { id } = await db().statusSubscriber.findUniqueOrThrow({ where: { emailIndex: emailIndex(email) } });
  const keyOfIt = { subjectType: "subscriber" as const, subjectId: id };
  expect(await db().dataKey.findFirst({ where: keyOfIt })).toMatchObject({ destroyedAt: null });
  expect(await unsubscribe(db(), { token })).toEqual({ subscribed: false });
  await unsubscribe(db(), { token });
  expect(await db().statusSubscriber.count({ where: { id } })).toBe(0);
  expect(await db().dataKey.findFirst({ where: keyOfIt })).toMatchObject({ wrappedKey: null });
  await publish();
  await sendStatusEmails(db());
  expect(updatesTo(email)).toHaveLength(1);
});

it("no more than three links a day go to one address, whoever asks for them", async () => {
  const email = address();
  for (let times = 0; times < 5; times += 1) await requestSubscription(db(), { input: { email }, ip: null });
  await drainAfterResponse();
  expect(stack.mailbox.messagesTo(email)).toHaveLength(3);
});
