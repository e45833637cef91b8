import { randomUUID } from "node:crypto";
import { afterAll, expect, it } from "vitest";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { listAudit, listOperatorAudit } from "../audit";
import { newId } from "../platform";
import { drainAfterResponse } from "../platform/concurrency/after-response";
import { closeDb, db } from "../platform/db/client";
import { destroyDataKey } from "../privacy";
import {
  handleInquiry,
  listInquiries,
  readInquiry,
  type SubmitInquiryInput,
  submitInquiry,
  submitInquiryInputSchema,
} from ".";

const stack = await useTestStack({ SALES_EMAIL: "sales@example.com" });

const operatorId = newId();

afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
});

const inquiry = (more: Partial<SubmitInquiryInput> = {}): SubmitInquiryInput => ({
  name: "Grace Hopper",
  email: `grace.${randomUUID()}@example.com`,
  company: "Nanoseconds Inc.",
  expected_volume: "100m_1b",
  message: "We need a queue of our own.",
  ...more,
});
const ask = (input: SubmitInquiryInput, ip: string | null = null) =>
  submitInquiry(db(), { input, ip, principal: null });
const newest = async () => {
  const [found] = (await listInquiries(db(), { operatorId, input: { open: false, limit: 1 } })).data;
  if (found === undefined) throw new Error("there is no inquiry");
  return found;
};
const uuidOf = async () => (await db().enterpriseInquiry.findFirstOrThrow({ orderBy: { id: "desc" } })).id;

it("is stored encrypted, is readable by an operator, and is unreadable once its key is destroyed", async () => {
  const input = inquiry();
  await ask(input);
  const [row] = await db().$queryRaw<{ row: string }[]>`
    SELECT to_jsonb(i)::text || encode(contact_cipher, 'escape') || encode(message_cipher, 'escape') AS row
    FROM enterprise_inquiries i ORDER BY id DESC LIMIT 1`;
  for (const text of [input.name, input.email, input.company, "queue of our own"]) {
    expect(row?.row).not.toContain(text);
  }
  expect(await newest()).toMatchObject({ name: input.name, company: input.company, organization_id: null });
  const id = await uuidOf();
  expect(await readInquiry(db(), { id, operatorId })).toMatchObject({
    email: input.email,
    message: input.message,
  });
  await db().enterpriseInquiry.delete({ where: { id } });
  await destroyDataKey(db(), { type: "inquiry", id });
});

it("emails operators without name or text, and confirms receipt to the sender", async () => {
  const input = inquiry();
  await ask(input);
  await drainAfterResponse();
  const note = await stack.mailbox.waitFor("sales@example.com");
  for (const text of [input.name, input.email, input.company, "queue of our own"]) {
    expect(note.text).not.toContain(text);
  }
  expect(note.text).toContain(`/admin/inquiries/${(await newest()).id}`);
  const confirmation = await stack.mailbox.waitFor(input.email);
  expect(confirmation.subject).toBe("We received your inquiry");
  expect(confirmation.text).not.toContain(input.name);
});

it("no more than two confirmations a day go to one address, whoever asks for them", async () => {
  const { email } = inquiry();
  for (let times = 0; times < 4; times++) await ask(inquiry({ email }));
  await drainAfterResponse();
  expect(stack.mailbox.messagesTo(email)).toHaveLength(2);
});

it("is throttled by the sender's address", async () => {
  for (let times = 0; times < 5; times++) await ask(inquiry(), "198.51.100.7");
  await expect(ask(inquiry(), "198.51.100.7")).rejects.toMatchObject({ code: "too_many_attempts" });
  await ask(inquiry(), "198.51.100.200");
});

it("drops a form that a bot filled in, and answers it like any other", async () => {
  const before = await db().enterpriseInquiry.count();
  expect(await ask(inquiry({ website: "https://spam.example" }))).toEqual({ received: true });
  expect(await db().enterpriseInquiry.count()).toBe(before);
});

it("names the field that is wrong", () => {
  const paths = submitInquiryInputSchema
    .safeParse({ ...inquiry(), email: "nobody", company: " ", expected_volume: "lots", message: "" })
    .error?.issues.map(({ path }) => path.join("."));
  expect(paths).toEqual(["email", "company", "expected_volume", "message"]);
});

it("is marked handled once, in the audit log of the organization it came from", async () => {
  const [orgId, userId] = [newId(), newId()];
  await ask(inquiry());
  const id = await uuidOf();
  await db().enterpriseInquiry.update({ where: { id }, data: { orgId, userId } });
  const handled = await handleInquiry(db(), { id, operatorId });
  expect(handled.handled_at).not.toBeNull();
  expect(await handleInquiry(db(), { id, operatorId: newId() })).toEqual(handled);
  await listInquiries(db(), { operatorId, input: { open: false, limit: 100 } });
  const entries = (await listAudit(db(), { orgId, environment: "all", limit: 10, requests: false })).data;
  // The list, the page after each handling, and the handling itself.
  expect(entries.map(({ action }) => action)).toEqual([
    "operator.inquiry_listed",
    "operator.inquiry_read",
    "operator.inquiry_read",
    "operator.inquiry_handled",
  ]);
  const operatorEntries = (await listOperatorAudit(db(), { operatorId, input: { limit: 100 } })).data;
  expect(operatorEntries.filter(({ action }) => action === "operator.inquiry_handled")).toMatchObject([
    { action: "operator.inquiry_handled", organization_id: expect.any(String), target: { type: "inquiry" } },
  ]);
  const waiting = (await listInquiries(db(), { operatorId, input: { open: true, limit: 100 } })).data.map(
    (one) => one.id,
  );
  expect(waiting).not.toContain(handled.id);
  await expect(readInquiry(db(), { id: newId(), operatorId })).rejects.toMatchObject({ code: "not_found" });
});
