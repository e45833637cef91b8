import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import { type Buyer, eventCourier, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import {
  actOnPortal,
  newestSubscription,
  payOn,
  type TestCard,
} from "../../../../infra/testing/stripe/hosted-pages";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { Plan } from "../../../shared/plans";
import { DAY } from "../../platform/clock";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { newId } from "../../platform/ids";
import {
  cancelSubscription,
  changePlan,
  createStripe,
  endGracePeriods,
  getBilling,
  listInvoices,
  type NewPlanOverride,
  openCustomerPortal,
  previewPlanChange,
  processStripeEvent,
  reconcileBilling,
  resumeSubscription,
  setPlanOverride,
  setUpStripe,
  startCheckout,
  syncSubscription,
} from "..";

const standIn = await startStripe({ port: 0 });
const stack = await useTestStack({
  STRIPE_SECRET_KEY: "sk_test_local",
  STRIPE_API_BASE: standIn.url,
  STRIPE_WEBHOOK_SECRET: "whsec_test",
});
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });

beforeAll(async () => {
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
  // Deliveries over HTTP have tests of their own; here events are handed over in the order a test wants.
  standIn.deliveries.outage = true;
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await standIn.stop();
});

const { fresh, deliver } = eventCourier(stripe);

const enterprise: NewPlanOverride = {
  plan: "enterprise",
  monthlyTokens: null,
  requestsPerMinute: null,
  priceCents: null,
  reason: "Agreed by mail",
  expiresAt: null,
};

const billing = ({ principal }: Buyer) => getBilling(db(), { orgId: principal.orgId });
const customerOf = async ({ principal }: Buyer) =>
  (await db().subscription.findUniqueOrThrow({ where: { orgId: principal.orgId } })).stripeCustomerId ?? "";

async function subscribe(plan: "pro" | "plus" = "pro", card: TestCard = "pays"): Promise<Buyer> {
  const who = await makeBuyer();
  const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan });
  await payOn(url, card);
  await deliver();
  return who;
}

const org = ({ principal }: Buyer) => ({ orgId: principal.orgId });
const mails = (who: Buyer, subject: string) =>
  stack.mailbox.messagesTo(who.email).filter((mail) => mail.subject.startsWith(subject));
const after = (ms: number) => ({ now: () => new Date(Date.now() + ms) });

describe("setting an account up", () => {
  it("is idempotent", async () => {
    expect(await setUpStripe(stripe, { appUrl: "http://localhost:3000" })).toEqual({
      changes: [],
      webhookSecret: undefined,
    });
  });
});

describe("a first subscription", () => {
  it("gives the plan by the event alone: the tab that paid may be closed", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    expect(await billing(who)).toMatchObject({ plan: "free", subscribed: false });
    expect((await payOn(url)).location).toBe("http://localhost:3000/billing?checkout=done");
    expect(await billing(who)).toMatchObject({ plan: "free" });
    await deliver();
    expect(await billing(who)).toMatchObject({
      plan: "pro",
      status: "active",
      subscribed: true,
      quota: { limit: 1_000_000 },
    });
    expect(mails(who, "Receipt for $29.00")).toHaveLength(1);
  });

  it("two clicks at once open one page; another plan closes it and opens its own", async () => {
    const who = await makeBuyer();
    const ask = (plan: "pro" | "plus") => startCheckout(db(), stripe, { principal: who.principal, plan });
    const [first, second] = await Promise.all([ask("pro"), ask("pro")]);
    expect(second).toEqual(first);
    const third = await ask("plus");
    expect((await payOn(first.url)).html).toContain("has expired");
    expect((await payOn(third.url)).status).toBe(303);
    expect((await payOn(third.url)).html).toContain("paid on already");
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "plus" });
    const { data } = await stripe.subscriptions.list({ customer: await customerOf(who), status: "all" });
    expect(data).toHaveLength(1);
  });

  it("is refused beside a living one, and the page then knows, however late the event", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    await expect(
      startCheckout(db(), stripe, { principal: who.principal, plan: "plus" }),
    ).rejects.toMatchObject({ code: "conflict" });
    expect(await billing(who)).toMatchObject({ plan: "pro" });
  });

  it("a declined card gives nothing and can be tried again; a bank's question can be answered", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    expect((await payOn(url, "declines")).html).toContain("declined");
    expect((await payOn(url, "confirms")).html).toContain("is it you");
    expect((await payOn(url, "confirms", { confirmed: "no" })).html).toContain("could not confirm");
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "free", subscribed: false });
    expect((await payOn(url, "confirms", { confirmed: "yes" })).status).toBe(303);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro" });
  });

  it("needs a verified address", async () => {
    const { principal } = await makeBuyer();
    const unverified = { ...principal, emailVerified: false };
    await expect(startCheckout(db(), stripe, { principal: unverified, plan: "pro" })).rejects.toMatchObject({
      code: "email_not_verified",
    });
  });
});

describe("changing the plan", () => {
  it("up: at once, for the amount that was shown", async () => {
    const who = await subscribe("pro");
    const preview = await previewPlanChange(db(), stripe, { ...org(who), plan: "plus" });
    expect(preview).toMatchObject({ kind: "upgrade", effective_at: null, due_now_micros: 70_000_000 });
    await changePlan(db(), stripe, {
      ...org(who),
      plan: "plus",
      pricedAt: new Date(preview.priced_at ?? ""),
    });
    const { plan, quota } = await billing(who);
    expect(plan).toBe("plus");
    // All but what the first moments under Pro have taken of it.
    expect(quota.limit).toBeGreaterThan(9_999_000);
    expect(quota.limit).toBeLessThanOrEqual(10_000_000);
    const { data } = await listInvoices(db(), stripe, { ...org(who), input: { limit: 12 } });
    // Within one second neither is the newer one.
    expect(new Set(data.map((invoice) => invoice.total_micros))).toEqual(new Set([70_000_000, 29_000_000]));
    await deliver();
    expect(mails(who, "Receipt for $70.00")).toHaveLength(1);
  });

  it("up with a card that fails leaves a planned cancellation, and a planned smaller plan, as they were", async () => {
    const who = await subscribe("pro", "fails_later");
    await cancelSubscription(db(), stripe, org(who));
    const before = await billing(who);
    expect(before).toMatchObject({ plan: "pro", cancel_at_period_end: true, pending_plan: "free" });
    const up = () => changePlan(db(), stripe, { ...org(who), plan: "plus" });
    await expect(up()).rejects.toMatchObject({ code: "payment_failed" });
    await deliver();
    expect(await billing(who)).toEqual(before);
    const { url } = await openCustomerPortal(db(), stripe, org(who));
    await actOnPortal(url, "card", { card: "pays" });
    await up();
    expect(await billing(who)).toMatchObject({ plan: "plus", cancel_at_period_end: false });
  });

  it("up with a card that fails changes nothing and owes nothing", async () => {
    const who = await subscribe("pro", "fails_later");
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "payment_failed",
      status: 402,
    });
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active" });
  });

  it("down: at the period's end, and the plan paid for holds until then", async () => {
    const who = await subscribe("plus");
    const preview = await previewPlanChange(db(), stripe, { ...org(who), plan: "pro" });
    expect(preview).toMatchObject({ kind: "downgrade", due_now_micros: 0, monthly_micros: 29_000_000 });
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    expect(await billing(who)).toMatchObject({ plan: "plus", pending_plan: "pro" });
    expect((await billing(who)).period_end).toBe(preview.effective_at);
    await untilPrice(who, "agatha_pro_monthly");
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro", pending_plan: null });
  });

  it("a planned change is let go by choosing the plan again, by going up, and by canceling", async () => {
    const who = await subscribe("plus");
    const down = () => changePlan(db(), stripe, { ...org(who), plan: "pro" });
    await down();
    await down();
    expect(await billing(who)).toMatchObject({ pending_plan: "pro" });
    await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    expect(await billing(who)).toMatchObject({ plan: "plus", pending_plan: null });
    await down();
    await cancelSubscription(db(), stripe, org(who));
    expect(await billing(who)).toMatchObject({ cancel_at_period_end: true, pending_plan: "free" });
    await resumeSubscription(db(), stripe, org(who));
    expect(await billing(who)).toMatchObject({ cancel_at_period_end: false, pending_plan: null });
  });

  it("needs a subscription", async () => {
    const who = await makeBuyer();
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "conflict",
    });
  });
});

describe("ending", () => {
  it("canceled at the period's end: the plan until then, Free after it, and back by a new checkout", async () => {
    const who = await subscribe("pro");
    await cancelSubscription(db(), stripe, org(who));
    expect(await billing(who)).toMatchObject({ plan: "pro", cancel_at_period_end: true });
    await untilEnded(who);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "free", status: "canceled", subscribed: false });
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "plus" });
    await payOn(url);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "plus", status: "active" });
  });

  it("canceled on Stripe's own page is seen here", async () => {
    const who = await subscribe("pro");
    const { url } = await openCustomerPortal(db(), stripe, org(who));
    const subscription = newestSubscription(standIn, await customerOf(who)).id;
    await actOnPortal(url, "cancel", { subscription });
    await deliver();
    expect(await billing(who)).toMatchObject({ cancel_at_period_end: true, pending_plan: "free" });
  });

  it("a deleted customer is on Free and can buy again", async () => {
    const who = await subscribe("pro");
    await stripe.customers.del(await customerOf(who));
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "free", has_customer: false });
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro" });
  });
});

describe("a payment that fails", () => {
  it("keeps the plan for seven days with one mail, then gives Free; a new card gives it back", async () => {
    const who = await subscribe("pro", "fails_later");
    await untilStatus(who, "past_due");
    await deliver();
    const view = await billing(who);
    expect(view).toMatchObject({ plan: "pro", status: "past_due" });
    const failedAt = Object.values(standIn.state.invoices).findLast(({ status }) => status === "open");
    expect(view.grace_ends_at).toBe(
      new Date(((failedAt?.status_transitions.finalized_at ?? 0) + 7 * 86_400) * 1_000).toISOString(),
    );
    expect(mails(who, "Your payment failed")).toHaveLength(1);

    const untilEnd = new Date(view.grace_ends_at ?? "").getTime() - Date.now();
    expect(await endGracePeriods(db(), stripe, after(untilEnd - DAY))).toBe(0);
    expect(await endGracePeriods(db(), stripe, after(untilEnd + 1_000))).toBe(1);
    expect(await billing(who)).toMatchObject({ plan: "free", status: "past_due" });
    await endGracePeriods(db(), stripe, after(untilEnd + DAY));
    expect(mails(who, "Your organization is on Free now")).toHaveLength(1);
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "conflict",
    });

    const { url } = await openCustomerPortal(db(), stripe, org(who));
    await actOnPortal(url, "card", { card: "pays" });
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active", grace_ends_at: null });
  });

  it("for good ends the subscription", async () => {
    const who = await subscribe("pro", "fails_later");
    await untilStatus(who, "past_due");
    await deliver();
    await untilEnded(who);
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "free", status: "canceled" });
    await endGracePeriods(db(), stripe);
    await endGracePeriods(db(), stripe);
    expect(mails(who, "Your organization is on Free now")).toHaveLength(1);
  });
});

describe("events", () => {
  it.each([
    ["active", "pro"],
    ["trialing", "pro"],
    ["past_due", "pro"],
    ["incomplete", "free"],
    ["unpaid", "free"],
    ["paused", "free"],
    ["canceled", "free"],
  ] as const)("%s means %s", async (status, plan: Plan) => {
    const who = await subscribe("pro");
    const customer = await customerOf(who);
    newestSubscription(standIn, customer).status = status;
    await syncSubscription(db(), stripe, customer);
    expect(await billing(who)).toMatchObject({ plan, status });
  });

  it("each ten times, shuffled, of a whole life: one effect, one mail each, and what Stripe says now", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    await cancelSubscription(db(), stripe, org(who));
    await resumeSubscription(db(), stripe, org(who));
    const once = await fresh();
    const shuffled = Array.from({ length: 10 }, () => once).flat();
    for (let left = shuffled.length - 1; left > 0; left--) {
      const other = Math.floor(Math.random() * (left + 1));
      const [a, b] = [shuffled[left], shuffled[other]];
      if (a !== undefined && b !== undefined) [shuffled[left], shuffled[other]] = [b, a];
    }
    for (let start = 0; start < shuffled.length; start += 4) {
      const some = shuffled.slice(start, start + 4);
      await Promise.all(some.map((event) => processStripeEvent(db(), stripe, event)));
    }
    expect(await billing(who)).toMatchObject({ plan: "plus", status: "active", pending_plan: null });
    expect(mails(who, "Receipt for $29.00")).toHaveLength(1);
    expect(mails(who, "Receipt for $70.00")).toHaveLength(1);
  }, 60_000);

  it("an old snapshot does not bring an ended plan back", async () => {
    const who = await subscribe("pro");
    const customer = await customerOf(who);
    const { data } = await stripe.events.list({ type: "customer.subscription.created", limit: 1 });
    await stripe.subscriptions.cancel(newestSubscription(standIn, customer).id);
    const [old] = data;
    if (old === undefined) throw new Error("no such event");
    await processStripeEvent(db(), stripe, { ...old, id: `evt_${randomUUID()}` });
    expect(await billing(who)).toMatchObject({ plan: "free" });
  });

  it("of unknown kinds and customers are harmless", async () => {
    const { data } = await stripe.events.list({ type: "customer.subscription.created", limit: 1 });
    const [event] = data;
    if (event === undefined) throw new Error("no such event");
    const stranger = JSON.parse(JSON.stringify(event).replaceAll(/cus_\w+/g, "cus_stranger"));
    expect(await processStripeEvent(db(), stripe, { ...stranger, id: "evt_stranger" })).toBe("processed");
    expect(
      await processStripeEvent(db(), stripe, { ...stranger, id: "evt_kind", type: "charge.expired" }),
    ).toBe("unknown");
  });

  it("an effect that fails leaves the event to be sent again", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    const { data } = await stripe.events.list({ type: "checkout.session.completed", limit: 1 });
    const [event] = data;
    if (event === undefined) throw new Error("no such event");
    const broken = createStripe({ secretKey: "sk_live_refused", apiBase: standIn.url });
    await expect(processStripeEvent(db(), broken, event)).rejects.toThrow();
    expect(await processStripeEvent(db(), stripe, event)).toBe("processed");
    expect(await processStripeEvent(db(), stripe, event)).toBe("repeated");
    expect(await billing(who)).toMatchObject({ plan: "pro" });
  });

  it("lost for days are found again, once", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "plus" });
    await payOn(url);
    expect(await billing(who)).toMatchObject({ plan: "free" });
    expect((await reconcileBilling(db(), stripe)).repaired).toBeGreaterThan(0);
    expect(await billing(who)).toMatchObject({ plan: "plus" });
    expect(mails(who, "Receipt for $99.00")).toHaveLength(1);
    expect((await reconcileBilling(db(), stripe)).repaired).toBe(0);
  });

  it("never take away what was agreed on", async () => {
    const who = await subscribe("pro");
    await setPlanOverride(db(), { ...org(who), operatorId: newId(), override: enterprise });
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await billing(who)).toMatchObject({ plan: "enterprise" });
  });
});

async function currentPrice(who: Buyer) {
  const { data } = await stripe.subscriptions.list({ customer: await customerOf(who) });
  return data[0]?.items.data[0]?.price.lookup_key;
}

async function untilPrice(who: Buyer, lookupKey: string) {
  while ((await currentPrice(who)) !== lookupKey) standIn.advance("renewal");
}

async function untilStatus(who: Buyer, status: string) {
  const customer = await customerOf(who);
  for (let renewals = 0; newestSubscription(standIn, customer).status !== status; renewals++) {
    if (renewals > 200) throw new Error(`never ${status}`);
    standIn.advance("renewal");
  }
}

async function untilEnded(who: Buyer) {
  const customer = await customerOf(who);
  for (let days = 0; newestSubscription(standIn, customer).status !== "canceled"; days++) {
    if (days > 60) throw new Error("never ended");
    standIn.advance({ days: 1 });
  }
}
