import { randomUUID } from "node:crypto";
import { describe, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { type Buyer, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { actOnPortal, newestSubscription, payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import type { Plan } from "../../../shared/plans";
import { DAY, newId } from "../../platform";
import { db } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  createStripe,
  endGracePeriods,
  getBilling,
  type NewPlanOverride,
  openCustomerPortal,
  processStripeEvent,
  reconcileBilling,
  resumeSubscription,
  setPlanOverride,
  startCheckout,
  syncSubscription,
} from "..";

const { standIn, stripe, fresh, deliver, org, customerOf, mails, subscribe } = await useStripeStack({
  STRIPE_WEBHOOK_SECRET: "whsec_test",
});

const enterprise: NewPlanOverride = {
  plan: "enterprise",
  monthlyTokens: null,
  requestsPerMinute: null,
  priceCents: null,
  reason: "Agreed by mail",
  expiresAt: null,
};

const billing = ({ principal }: Buyer) => getBilling(db(), { orgId: principal.orgId });

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

  it("of a subscription's whole life, delivered ten times each and shuffled, have one effect and one email each", async () => {
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

  it("an out-of-date event does not bring an ended plan back", async () => {
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

  it("that were lost for days are recovered, once", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "plus" });
    await payOn(url);
    expect(await billing(who)).toMatchObject({ plan: "free" });
    expect((await reconcileBilling(db(), stripe)).repaired).toBeGreaterThan(0);
    expect(await billing(who)).toMatchObject({ plan: "plus" });
    expect(mails(who, "Receipt for $99.00")).toHaveLength(1);
    expect((await reconcileBilling(db(), stripe)).repaired).toBe(0);
  });

  it("never end an override", async () => {
    const who = await subscribe("pro");
    await setPlanOverride(db(), { ...org(who), operatorId: newId(), override: enterprise });
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await billing(who)).toMatchObject({ plan: "enterprise" });
  });
});

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
