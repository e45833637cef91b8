import { afterAll, beforeEach, describe, expect, it } from "vitest";
import type { Buyer } from "../../../../infra/testing/stripe/buyers";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { flushAudit } from "../../audit";
import { createStripe } from "../../billing";
import { type Clock, DAY, MINUTE } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { createSigner } from "../../platform/crypto/signer";
import { db } from "../../platform/db/client";
import { evidenceStorage, storage } from "../../platform/storage";
import { completeErasures, eraseAccount, getErasure, redactCustomers } from "..";
import { certificateSchema, fingerprintOfCertificate, isGenuine } from "./certificate";

const { standIn, stripe, customerOf, subscribe } = await useStripeStack({ STRIPE_REDACTION: "true" });
const { state } = standIn;

afterAll(async () => {
  await drainAfterResponse();
  await flushAudit();
  storage().close();
  evidenceStorage().close();
});
beforeEach(() => {
  state.redaction_access = true;
});

const inDays = (days: number): Clock => ({ now: () => new Date(Date.now() + days * DAY) });
const ofCustomer = <T extends { customer: string | null }>(all: Record<string, T>, customer: string) =>
  Object.values(all).filter((one) => one.customer === customer);
const jobOf = (customer: string) =>
  Object.values(state.redaction_jobs).find(({ objects }) => objects.customers.includes(customer));
const rowOf = ({ principal: { orgId } }: Buyer) =>
  db().erasure.findFirstOrThrow({ where: { subjectId: orgId } });

/** Somebody with a name, an address, a tax ID and a paid invoice at Stripe, who is erased. Their payments are so many days old. */
async function erased(paidDaysAgo: number) {
  const who = await subscribe("pro");
  const customer = await customerOf(who);
  const at = state.customers[customer];
  if (at === undefined) throw new Error("no customer");
  const address = {
    city: "Bern",
    country: "CH",
    line1: "1 Way",
    line2: null,
    postal_code: "3000",
    state: null,
  };
  Object.assign(at, { name: "Ada Byron", address });
  const tax = { id: `txi_${customer}`, object: "tax_id" as const, created: 1, customer };
  state.tax_ids[tax.id] = { ...tax, type: "eu_vat", value: "DE123456789", livemode: false };
  for (const charge of ofCustomer(state.charges, customer)) charge.created -= paidDaysAgo * 86_400;
  for (const invoice of ofCustomer(state.invoices, customer)) invoice.customer_email = who.email;
  const { receipt } = await eraseAccount(db(), { principal: who.principal, input: { email: who.email } });
  return { who, customer, receipt, view: () => getErasure(db(), { receipt }) };
}

/** All that Stripe would show of the customer, as text. */
const shownAtStripe = (customer: string) =>
  JSON.stringify([
    state.customers[customer],
    ...ofCustomer(state.invoices, customer),
    ...Object.values(state.events).filter(({ data }) => JSON.stringify(data).includes(customer)),
  ]);

describe("the customer at Stripe of somebody who is erased, where the account has redaction jobs", () => {
  it("is redacted with invoices and events, and only then is the erasure certified, by one word for both", async () => {
    const { who, customer, view } = await erased(100);
    expect(shownAtStripe(customer)).toContain(who.email);
    // Made and validating; ready, and run; redacting. Between its steps a run looks at nothing.
    expect(await completeErasures(db(), { stripe })).toBe(0);
    expect(await rowOf(who)).toMatchObject({ redactionJobId: jobOf(customer)?.id, completedAt: null });
    expect(await completeErasures(db(), { stripe })).toBe(0);
    expect(jobOf(customer)?.status).toBe("validating");
    const later = (minutes: number): Clock => ({ now: () => new Date(Date.now() + minutes * MINUTE) });
    expect(await completeErasures(db(), { stripe, clock: later(6) })).toBe(0);
    expect(jobOf(customer)?.status).toBe("redacting");
    expect(await completeErasures(db(), { stripe, clock: later(12) })).toBe(2);
    expect(jobOf(customer)?.status).toBe("succeeded");

    for (const text of [who.email, "Ada Byron", "1 Way"]) expect(shownAtStripe(customer)).not.toContain(text);
    expect(ofCustomer(state.payment_methods, customer)).toEqual([]);
    expect(ofCustomer(state.tax_ids, customer)).toEqual([]);
    const { certificate } = await view();
    if (certificate === null) throw new Error("no certificate");
    expect(isGenuine(certificate)).toBe(true);
    expect(certificate).toMatchObject({ subject: "person", payment_provider: "redacted" });
    expect(certificate.payment_provider_keeps).toContain("Stripe redacted the customer with invoices");
    const row = await rowOf(who);
    expect(row).toMatchObject({ customerId: null, redactedAt: expect.any(Date) });
    expect(row.certificate).toMatchObject({ subject: "organization", payment_provider: "redacted" });
  });

  it("with a payment of the last 90 days is emptied at once, certified within a day and redacted when Stripe allows it", async () => {
    const { who, customer, view } = await erased(10);
    await completeErasures(db(), { stripe });
    // Whatever Stripe still refuses: name, address, tax ID and card are gone from the customer by now.
    expect(state.customers[customer]).toMatchObject({ email: null, name: null, address: null });
    expect(ofCustomer(state.payment_methods, customer)).toEqual([]);
    expect(ofCustomer(state.tax_ids, customer)).toEqual([]);

    expect(await completeErasures(db(), { stripe, clock: inDays(1) })).toBe(2);
    const first = (await view()).certificate;
    expect(first).toMatchObject({ payment_provider: "redaction_scheduled" });
    expect(first?.payment_provider_keeps).toContain("90 days after it was made");
    expect(await rowOf(who)).toMatchObject({ redactionRefusal: "invalid_state", redactedAt: null });
    expect(shownAtStripe(customer)).toContain(who.email);

    // Not asked again before its day is over.
    expect(await redactCustomers(db(), { stripe, clock: inDays(1.5) })).toBe(0);
    for (const charge of ofCustomer(state.charges, customer)) charge.created -= 90 * 86_400;
    expect(await redactCustomers(db(), { stripe, clock: inDays(80) })).toBe(0);
    expect(await redactCustomers(db(), { stripe, clock: inDays(81) })).toBe(1);
    expect(shownAtStripe(customer)).not.toContain(who.email);
    const { certificate, completed_at: completedAt } = await view();
    if (certificate === null) throw new Error("no certificate");
    expect(certificate).toMatchObject({ payment_provider: "redacted" });
    expect(isGenuine(certificate)).toBe(true);
    expect(completedAt).toBe(first?.completed_at);
    expect(Date.parse(certificate.completed_at)).toBeGreaterThan(Date.parse(completedAt ?? ""));
    // Both certificates of the person are in the audit log.
    const entries = await db().auditLog.findMany({
      where: { action: "data.erasure_certified", targetId: who.principal.userId },
      orderBy: { sequence: "asc" },
    });
    expect(entries.map(({ details }) => details)).toMatchObject([
      { certificate: first && fingerprintOfCertificate(first) },
      { certificate: fingerprintOfCertificate(certificate) },
    ]);
    expect(await redactCustomers(db(), { stripe, clock: inDays(100) })).toBe(0);
  });

  it("owes an invoice: it may still be paid for 60 days, and then Stripe may void it to redact it", async () => {
    const { who, customer } = await erased(100);
    const [invoice] = ofCustomer(state.invoices, customer);
    if (invoice === undefined) throw new Error("no invoice");
    invoice.status = "open";
    await completeErasures(db(), { stripe });
    await completeErasures(db(), { stripe, clock: inDays(1) });
    await redactCustomers(db(), { stripe, clock: inDays(40) });
    expect(jobOf(customer)?.validation_behavior).toBe("error");
    expect([invoice.status, (await rowOf(who)).redactedAt]).toEqual(["open", null]);
    for (const day of [61, 62, 63, 64, 65]) await redactCustomers(db(), { stripe, clock: inDays(day) });
    expect(jobOf(customer)).toMatchObject({ validation_behavior: "fix", status: "succeeded" });
    expect(invoice.status).toBe("void");
    expect((await rowOf(who)).redactedAt).not.toBeNull();
  });

  it("is redacted by one job, whichever answer is lost on the way", async () => {
    const { who, customer } = await erased(100);
    /** Stripe does what it is asked, and its answer to so many calls of redaction jobs never comes. */
    const losing = (after: number) => {
      const client = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
      let calls = 0;
      const real = client.rawRequest.bind(client);
      client.rawRequest = async (...call) => {
        const answer = await real(...call);
        calls += 1;
        if (calls >= after) throw new Error("the answer was lost");
        return answer;
      };
      return client;
    };
    const made = jobOf(customer);
    expect(made).toBeUndefined();
    await completeErasures(db(), { stripe: losing(1) });
    const first = jobOf(customer)?.id;
    expect((await rowOf(who)).redactionJobId).toBeNull();
    // The idempotency key finds it; where Stripe has forgotten that, the list does.
    state.answers = {};
    await completeErasures(db(), { stripe });
    expect((await rowOf(who)).redactionJobId).toBe(first);
    await completeErasures(db(), { stripe: losing(2), clock: inDays(1) });
    expect(jobOf(customer)?.status).toBe("redacting");
    await completeErasures(db(), { stripe, clock: inDays(2) });
    expect((await rowOf(who)).redactedAt).not.toBeNull();
    expect(
      Object.values(state.redaction_jobs).filter(({ objects }) => objects.customers.includes(customer)),
    ).toHaveLength(1);
  });

  it("a job that was canceled in the dashboard is made again", async () => {
    const { who, customer } = await erased(100);
    await completeErasures(db(), { stripe });
    const job = jobOf(customer);
    if (job === undefined) throw new Error("no job");
    job.status = "canceled";
    await completeErasures(db(), { stripe, clock: inDays(1) });
    expect(await rowOf(who)).toMatchObject({ redactionJobId: null, redactionRefusal: "canceled" });
    for (const day of [2, 3, 4, 5]) await redactCustomers(db(), { stripe, clock: inDays(day) });
    expect((await rowOf(who)).redactedAt).not.toBeNull();
  });

  it("is not certified while the account's redaction jobs are refused, and never deleted in secret", async () => {
    const { who, customer, view } = await erased(100);
    state.redaction_access = false;
    expect(await completeErasures(db(), { stripe })).toBe(0);
    expect(await completeErasures(db(), { stripe, clock: inDays(20) })).toBe(0);
    expect(await rowOf(who)).toMatchObject({ certificate: null, hadCustomer: true, customerId: customer });
    expect((await view()).status).toBe("in_progress");
    expect(state.customers_deleted).not.toContain(customer);
    // Emptied all the same.
    expect(state.customers[customer]).toMatchObject({ email: null, name: null, address: null });
  });
});

/** As the release before signed it. */
function signedBefore() {
  const signer = createSigner("erasure");
  const text = JSON.stringify([
    ...["agathaai-erasure-1", "person", "usr_01jd0q4g5te8tvhz3t1c7x9ncm", "2026-11-26T10:00:00.000Z"],
    ...["2026-11-26T10:00:00.210Z", "2026-11-26T10:00:41.000Z", "none"],
  ]);
  return { public_key: signer.publicKey, signature: Buffer.from(signer.sign(text)).toString("base64") };
}

it("a certificate of the first form is as genuine as it was, and one word less is not", () => {
  const old = certificateSchema.parse({
    form: "agathaai-erasure-1",
    subject: "person",
    subject_id: "usr_01jd0q4g5te8tvhz3t1c7x9ncm",
    requested_at: "2026-11-26T10:00:00.000Z",
    erased_at: "2026-11-26T10:00:00.210Z",
    completed_at: "2026-11-26T10:00:41.000Z",
    payment_provider: "none",
    ...signedBefore(),
  });
  expect(isGenuine(old)).toBe(true);
  expect(isGenuine({ ...old, form: "agathaai-erasure-2" })).toBe(false);
});
