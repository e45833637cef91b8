import { describe, expect, it } from "vitest";
import { type Buyer, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { actOnPortal, payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { db } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  getBilling,
  listInvoices,
  openCustomerPortal,
  previewPlanChange,
  resumeSubscription,
  setUpStripe,
  startCheckout,
} from "..";

const { standIn, stripe, deliver, org, customerOf, mails, subscribe } = await useStripeStack({
  STRIPE_WEBHOOK_SECRET: "whsec_test",
});

const billing = ({ principal }: Buyer) => getBilling(db(), { orgId: principal.orgId });

describe("setting an account up", () => {
  it("changes nothing when it is repeated", async () => {
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
  it("to a larger plan takes effect at once, for the amount that was shown", async () => {
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

  it("to a larger plan with a failing card leaves a planned cancellation or smaller plan as it was", async () => {
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

  it("to a larger plan with a failing card changes nothing and owes nothing", async () => {
    const who = await subscribe("pro", "fails_later");
    await expect(changePlan(db(), stripe, { ...org(who), plan: "plus" })).rejects.toMatchObject({
      code: "payment_failed",
      status: 402,
    });
    await deliver();
    expect(await billing(who)).toMatchObject({ plan: "pro", status: "active" });
  });

  it("to a smaller plan takes effect at the period's end, and the paid plan applies until then", async () => {
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

  it("is undone by choosing the plan again, by a larger plan, and by canceling", async () => {
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

async function currentPrice(who: Buyer) {
  const { data } = await stripe.subscriptions.list({ customer: await customerOf(who) });
  return data[0]?.items.data[0]?.price.lookup_key;
}

async function untilPrice(who: Buyer, lookupKey: string) {
  while ((await currentPrice(who)) !== lookupKey) standIn.advance("renewal");
}
