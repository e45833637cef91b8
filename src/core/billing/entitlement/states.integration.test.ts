import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { fallOverdue, markUncollectible } from "../../../../infra/stand-ins/stripe/invoices/invoice-life";
import {
  chargeOfInvoice,
  closeDispute,
  openDispute,
  refund,
} from "../../../../infra/stand-ins/stripe/money/give-back";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import { type Buyer, eventCourier, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import {
  actOnPortal,
  newestSubscription,
  payOn,
  type TestCard,
} from "../../../../infra/testing/stripe/hosted-pages";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY } from "../../platform/clock";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { fromPublicId, newId, toPublicId } from "../../platform/ids";
import {
  cancelSubscription,
  changePlan,
  createStripe,
  endGracePeriods,
  getBilling,
  getSpending,
  handleIncident,
  listIncidents,
  notifyIncidents,
  openCustomerPortal,
  resumeSubscription,
  setOverage,
  setPlanOverride,
  setUpStripe,
  startCheckout,
  syncOverrideBilling,
  syncSubscription,
} from "..";

const standIn = await startStripe({ port: 0 });
const stack = await useTestStack({ STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: standIn.url });
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
const { world, state } = standIn;

beforeAll(async () => {
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
  standIn.deliveries.outage = true;
});
beforeEach(() => {
  state.after_retries = "cancel";
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await standIn.stop();
});

const { deliver } = eventCourier(stripe);
const org = ({ principal }: Buyer) => ({ orgId: principal.orgId });
const billing = (who: Buyer) => getBilling(db(), org(who));
const rowOf = (who: Buyer) => db().subscription.findUniqueOrThrow({ where: org(who) });
const customerOf = async (who: Buyer) => (await rowOf(who)).stripeCustomerId ?? "";
const current = async (who: Buyer) => newestSubscription(standIn, await customerOf(who));
const mails = (who: Buyer, subject: string) =>
  stack.mailbox.messagesTo(who.email).filter((mail) => mail.subject.startsWith(subject));
const after = (ms: number) => ({ now: () => new Date(Date.now() + ms) });
const incidents = (who: Buyer) =>
  db().billingIncident.findMany({ where: org(who), orderBy: { createdAt: "asc" } });
const checkout = (who: Buyer, plan: "pro" | "plus" = "pro") =>
  startCheckout(db(), stripe, { principal: who.principal, plan });

async function subscribe(plan: "pro" | "plus" = "pro", card: TestCard = "pays"): Promise<Buyer> {
  const who = await makeBuyer();
  const { url } = await checkout(who, plan);
  await payOn(url, card, card === "confirms" ? { confirmed: "yes" } : {});
  await deliver();
  return who;
}

async function portal(who: Buyer, action: string, fields: Record<string, string>) {
  const { url } = await openCustomerPortal(db(), stripe, org(who));
  await actOnPortal(url, action, fields);
  await deliver();
}

async function pastDue(who: Buyer): Promise<void> {
  for (let days = 0; (await current(who)).status !== "past_due"; days++) {
    if (days > 40) throw new Error("never past due");
    standIn.advance({ days: 1 });
  }
  await deliver();
}

async function answerBank(url: string | null | undefined): Promise<void> {
  await fetch(`${url}/confirm`, {
    method: "POST",
    body: new URLSearchParams({ confirmed: "yes" }),
    redirect: "manual",
  });
  await deliver();
}

const latestInvoice = async (who: Buyer) =>
  world.find(state.invoices, (await current(who)).latest_invoice ?? "", "invoice");

describe("an end set by the customer portal, a time without the flag", () => {
  it("is shown with its day, and taken back by resuming", async () => {
    const who = await subscribe();
    await portal(who, "cancel", { subscription: (await current(who)).id });
    const { cancel_at, cancel_at_period_end } = await current(who);
    expect(cancel_at_period_end).toBe(false);
    expect(await billing(who)).toMatchObject({
      cancel_at_period_end: true,
      pending_plan: "free",
      ends_at: new Date((cancel_at ?? 0) * 1_000).toISOString(),
    });
    expect(await resumeSubscription(db(), stripe, org(who))).toMatchObject({
      cancel_at_period_end: false,
      pending_plan: null,
      ends_at: null,
    });
    expect(await current(who)).toMatchObject({ cancel_at: null, cancel_at_period_end: false });
  });

  it("is let go by choosing the plan again, and by a larger one that is paid; not by one that is refused", async () => {
    const who = await subscribe("pro", "fails_later");
    const cancel = async () => portal(who, "cancel", { subscription: (await current(who)).id });
    await cancel();
    const before = await billing(who);
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "payment_failed",
    });
    expect(await billing(who)).toEqual(before);
    expect(await changePlan(db(), stripe, { ...org(who), plan: "pro" })).toMatchObject({ ends_at: null });
    await portal(who, "card", { card: "pays" });
    await cancel();
    expect(await changePlan(db(), stripe, { ...org(who), plan: "plus" })).toMatchObject({
      plan: "plus",
      ends_at: null,
    });
  });

  it("ends the plan on that day", async () => {
    const who = await subscribe();
    await portal(who, "cancel", { subscription: (await current(who)).id });
    standIn.advance({ days: 32 });
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "free", status: "canceled", ends_at: null });
  });
});

describe("a smaller plan that was planned", () => {
  it("stays planned when the card refuses a larger one", async () => {
    const who = await subscribe("plus");
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    const planned = await billing(who);
    expect(planned).toMatchObject({ plan: "plus", pending_plan: "pro" });
    // The larger plan is the one it has: made so by hand, for there is none above it that can be bought.
    const item = (await current(who)).items.data[0];
    const [pro] = (await stripe.prices.list({ lookup_keys: ["agatha_pro_monthly"] })).data;
    if (item === undefined || pro === undefined) throw new Error("no item");
    item.price = pro.id;
    await portal(who, "card", { card: "fails_later" });
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "payment_failed",
    });
    expect((await current(who)).schedule).not.toBeNull();
  });
});

describe("a bank that wants its customer to confirm", () => {
  it("an upgrade waits, with a button that leads there and one mail; it begins when it is confirmed", async () => {
    const who = await subscribe("pro", "confirms");
    const asked = await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    expect(asked).toMatchObject({ plan: "pro", payment_due: { needs_confirmation: true } });
    const url = asked.payment_due?.url;
    expect(url).toBe((await latestInvoice(who)).hosted_invoice_url);
    await deliver();
    expect(mails(who, "Your bank asks you to confirm a payment")).toHaveLength(1);
    expect(mails(who, "Your payment failed")).toHaveLength(0);
    await answerBank(url);
    expect(await billing(who)).toMatchObject({ plan: "plus", status: "active", payment_due: null });
  });

  it("an upgrade that nobody confirms is dropped, and nothing is owed", async () => {
    const who = await subscribe("pro", "confirms");
    await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    standIn.advance({ days: 1 });
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active", payment_due: null });
  });

  it("a renewal keeps the plan for its grace, with the button and one mail that says so", async () => {
    const who = await subscribe("pro", "confirms");
    await pastDue(who);
    const view = await billing(who);
    expect(view).toMatchObject({
      plan: "pro",
      status: "past_due",
      payment_due: { needs_confirmation: true },
    });
    expect(mails(who, "Your bank asks you to confirm a payment")).toHaveLength(1);
    expect(mails(who, "Your payment failed")).toHaveLength(0);
    standIn.advance({ days: 3 });
    await deliver();
    expect(mails(who, "Your bank asks you to confirm a payment")).toHaveLength(1);
    await answerBank(view.payment_due?.url);
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active", payment_due: null });
  });
});

describe("a debt", () => {
  it("is paid at once by a changed card, with the event alone", async () => {
    const who = await subscribe("pro", "fails_later");
    await pastDue(who);
    expect(await billing(who)).toMatchObject({
      status: "past_due",
      payment_due: { amount_micros: 29_000_000, needs_confirmation: false },
    });
    await portal(who, "card", { card: "pays" });
    await deliver();
    expect(await latestInvoice(who)).toMatchObject({ status: "paid" });
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active", payment_due: null });
  });

  it("is tried once with a card that fails, however often the customer is changed", async () => {
    const who = await subscribe("pro", "fails_later");
    await pastDue(who);
    const tries = () => Object.values(state.charges).filter(({ customer }) => customer === cus).length;
    const cus = await customerOf(who);
    const before = tries();
    await stripe.customers.update(cus, { name: "Ada" });
    await deliver();
    expect(tries()).toBe(before);
    await portal(who, "card", { card: "fails_later" });
    await deliver();
    expect(tries()).toBe(before + 1);
  });

  it("has one grace, from the first failure: writing an invoice off begins no second one", async () => {
    state.after_retries = "past_due";
    const who = await subscribe("pro", "fails_later");
    await pastDue(who);
    const { grace_ends_at } = await billing(who);
    const subscription = await current(who);
    markUncollectible(world, await latestInvoice(who));
    subscription.status = "past_due";
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await billing(who)).toMatchObject({ grace_ends_at });
    // Nor does one that Stripe does not list any more.
    (await latestInvoice(who)).status = "void";
    await syncSubscription(db(), stripe, await customerOf(who), after(DAY));
    expect(await billing(who)).toMatchObject({ grace_ends_at });
    const end = new Date(grace_ends_at ?? "").getTime() - Date.now();
    await endGracePeriods(db(), stripe, after(end + 1_000));
    expect(await billing(who)).toMatchObject({ plan: "free" });
  });

  it.each(["open", "written off"])("(%s) is settled before anything new is bought", async (how) => {
    const who = await subscribe("pro", "fails_later");
    await pastDue(who);
    const owed = await latestInvoice(who);
    await stripe.subscriptions.cancel((await current(who)).id);
    if (how === "written off") markUncollectible(world, owed);
    await deliver();
    await expect(checkout(who)).rejects.toMatchObject({ code: "conflict", status: 409 });
    await stripe.invoices.pay(owed.id, { paid_out_of_band: true });
    await deliver();
    expect(await billing(who)).toMatchObject({ payment_due: null });
    expect((await checkout(who)).url).toContain("/c/pay/");
  });
});

describe("a page that was paid in another tab", () => {
  it("and a plan chosen meanwhile are one outcome", async () => {
    const who = await makeBuyer();
    const { url } = await checkout(who, "pro");
    const list = stripe.checkout.sessions.list.bind(stripe.checkout.sessions);
    const client = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
    client.checkout.sessions.list = ((...call: Parameters<typeof list>) => {
      const listed = list(...call);
      // Between what was listed and what is closed.
      return listed.then(async (page) => {
        await payOn(url);
        return page;
      });
    }) as typeof list;
    await expect(
      startCheckout(db(), client, { principal: who.principal, plan: "plus" }),
    ).rejects.toMatchObject({ code: "conflict", status: 409 });
    expect(await billing(who)).toMatchObject({ plan: "pro" });
    const { data } = await stripe.subscriptions.list({ customer: await customerOf(who), status: "all" });
    expect(data).toHaveLength(1);
  });
});

describe("a customer that this Stripe does not know", () => {
  it.each(["deleted there", "of another account"])("(%s) repairs itself", async (how) => {
    const who = await subscribe();
    if (how === "deleted there") await stripe.customers.del(await customerOf(who));
    else
      await db().subscription.update({ where: org(who), data: { stripeCustomerId: `cus_other${newId()}` } });
    await expect(openCustomerPortal(db(), stripe, org(who))).rejects.toMatchObject({ code: "conflict" });
    expect(await billing(who)).toMatchObject({ plan: "free", has_customer: false });
    const { url } = await checkout(who, "plus");
    await payOn(url);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "plus" });
  });

  it("is made anew by a purchase alone", async () => {
    const who = await makeBuyer();
    await checkout(who);
    await db().subscription.update({ where: org(who), data: { stripeCustomerId: `cus_other${newId()}` } });
    const { url } = await checkout(who);
    await payOn(url);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro" });
  });
});

describe("an agreement", () => {
  const agree = (who: Buyer, priceCents: number | null = null) =>
    setPlanOverride(db(), {
      ...org(who),
      operatorId: newId(),
      override: {
        plan: "enterprise",
        monthlyTokens: null,
        requestsPerMinute: null,
        priceCents,
        reason: "Agreed by mail",
        expiresAt: null,
      },
    });

  it("closes the payment pages that were open", async () => {
    const who = await makeBuyer();
    const { url } = await checkout(who);
    await agree(who);
    await syncOverrideBilling(db(), stripe, org(who));
    expect((await payOn(url)).html).toContain("has expired");
    expect(await syncOverrideBilling(db(), stripe, org(who))).toBe(0);
  });

  it("whose invoice is overdue reaches our people, until it is paid", async () => {
    const who = await makeBuyer();
    await agree(who, 150_000);
    await syncOverrideBilling(db(), stripe, org(who));
    const invoice = await latestInvoice(who);
    if (invoice.status === "draft") await stripe.invoices.finalizeInvoice(invoice.id);
    fallOverdue(world, invoice);
    await deliver();
    expect(await incidents(who)).toMatchObject([
      { kind: "overdue", micros: 1_500_000_000n, handledAt: null },
    ]);
    await stripe.invoices.pay(invoice.id, { paid_out_of_band: true });
    await deliver();
    expect(await incidents(who)).toMatchObject([{ state: "paid", handledAt: expect.any(Date) }]);
  });
});

describe("what our people have to look at", () => {
  it("an invoice that Stripe cannot close", async () => {
    const who = await subscribe();
    state.unfinalizable.push(await customerOf(who));
    standIn.advance({ days: 32 });
    await deliver();
    expect(await incidents(who)).toMatchObject([
      { kind: "finalization_failed", state: "customer_tax_location_invalid", handledAt: null },
    ]);
    const told = () =>
      stack.mailbox.messagesTo("support@agathaai.com").filter(({ text }) => text.includes("org_"));
    await notifyIncidents(db());
    await notifyIncidents(db());
    expect(told().filter(({ subject }) => subject === "An invoice cannot be closed")).toHaveLength(1);

    const operatorId = newId();
    const list = async () =>
      (
        await listIncidents(db(), { operatorId, input: { open: true, limit: 25, order: "desc" } })
      ).data.filter(({ organization_id }) => organization_id === toPublicId("org", who.principal.orgId));
    const [incident] = await list();
    expect(incident).toMatchObject({
      kind: "finalization_failed",
      amount_micros: 29_000_000,
      handled_at: null,
    });
    const id = fromPublicId("bin", incident?.id ?? "");
    await handleIncident(db(), { id, operatorId });
    await handleIncident(db(), { id, operatorId });
    expect(await list()).toEqual([]);
    const entries = await db().auditLog.count({
      where: { orgId: who.principal.orgId, action: "operator.incident_handled" },
    });
    expect(entries).toBe(1);
    state.unfinalizable = [];
  });

  it("a part refunded, which leaves the plan; all of it refunded, which ends it until the next payment", async () => {
    const who = await subscribe();
    await setOverage(db(), stripe, { principal: who.principal, on: true });
    const charge = chargeOfInvoice(world, (await latestInvoice(who)).id);
    refund(world, charge, { amount: 500 });
    await deliver();
    expect(await incidents(who)).toMatchObject([
      { kind: "refund", state: "partly_refunded", micros: 5_000_000n },
    ]);
    expect(await billing(who)).toMatchObject({ plan: "pro", payment_lost: false });
    refund(world, charge);
    await deliver();
    expect(await incidents(who)).toMatchObject([{ kind: "refund", state: "refunded", micros: 29_000_000n }]);
    expect(await billing(who)).toMatchObject({ plan: "free", payment_lost: true });
    expect(await getSpending(db(), org(who))).toMatchObject({ overage: { state: "unavailable" } });
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "conflict",
    });
    standIn.advance({ days: 32 });
    await deliver();
    expect(await rowOf(who)).toMatchObject({ status: "active" });
    // By Stripe's clock, which the tests before have advanced too.
    const later = { now: () => new Date(world.now() * 1_000) };
    await syncSubscription(db(), stripe, await customerOf(who), later);
    expect(await rowOf(who)).toMatchObject({ plan: "pro" });
  });

  it("a dispute, which takes the plan until it is won", async () => {
    const who = await subscribe("plus");
    const dispute = openDispute(world, chargeOfInvoice(world, (await latestInvoice(who)).id));
    await deliver();
    expect(await incidents(who)).toMatchObject([
      { kind: "dispute", state: "needs_response", micros: 99_000_000n, handledAt: null },
    ]);
    expect(await billing(who)).toMatchObject({ plan: "free", payment_lost: true });
    closeDispute(world, dispute, "won");
    await deliver();
    expect(await incidents(who)).toMatchObject([{ state: "won", handledAt: expect.any(Date) }]);
    expect(await billing(who)).toMatchObject({ plan: "plus", payment_lost: false });
  });

  it("a dispute that is lost stays with them, and the plan stays away", async () => {
    const who = await subscribe();
    const dispute = openDispute(world, chargeOfInvoice(world, (await latestInvoice(who)).id));
    closeDispute(world, dispute, "lost");
    await deliver();
    expect(await incidents(who)).toMatchObject([{ state: "lost", handledAt: null }]);
    expect(await billing(who)).toMatchObject({ plan: "free", payment_lost: true });
    await cancelSubscription(db(), stripe, org(who));
    expect(await billing(who)).toMatchObject({ ends_at: expect.any(String) });
  });
});
