import Stripe from "stripe";
import { beforeEach, describe, expect, it } from "vitest";
import { type Buyer, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { newestSubscription, payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { db } from "../../platform/db/client";
import { changePlan, getCurrentPrice, listInvoices, previewPlanChange, setUpStripe, startCheckout } from "..";

const { standIn, stripe, deliver, org } = await useStripeStack({ STRIPE_AUTOMATIC_TAX: "true" });
const appUrl = "http://localhost:3000";

beforeEach(async () => {
  await setUpStripe(stripe, { appUrl });
});

async function subscribe(): Promise<{ who: Buyer; customer: string }> {
  const who = await makeBuyer();
  const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
  await payOn(url);
  await deliver();
  const row = await db().subscription.findUniqueOrThrow({ where: org(who) });
  return { who, customer: row.stripeCustomerId ?? "" };
}

describe("with automatic tax", () => {
  it("checkout asks for it, keeps the address it needs, and every amount shown is the amount taken", async () => {
    const { who, customer } = await subscribe();
    expect(newestSubscription(standIn, customer).automatic_tax.enabled).toBe(true);
    expect(standIn.state.customers[customer]?.address?.country).toBe("DE");
    expect(await getCurrentPrice(db(), stripe, org(who))).toEqual({
      monthly_micros: 34_800_000,
      tax_micros: 5_800_000,
      discount_micros: 0,
    });
    const preview = await previewPlanChange(db(), stripe, { ...org(who), plan: "plus" });
    expect(preview).toMatchObject({
      due_now_micros: 84_000_000,
      monthly_micros: 118_800_000,
      monthly_tax_micros: 19_800_000,
    });
    expect(preview.lines.reduce((sum, { amount_micros }) => sum + amount_micros, 0)).toBe(
      preview.due_now_micros,
    );
    const pricedAt = new Date(preview.priced_at ?? "");
    await changePlan(db(), stripe, { ...org(who), plan: "plus", pricedAt });
    const { data } = await listInvoices(db(), stripe, { ...org(who), input: { limit: 12 } });
    expect(data.map(({ total_micros }) => total_micros)).toContain(preview.due_now_micros);
  });
});

describe("a price shown", () => {
  it("is the subscription's own, not the catalogue's, and less what its coupon gives", async () => {
    const { who, customer } = await subscribe();
    const old = await stripe.prices.create({
      product: "agatha_pro",
      currency: "usd",
      unit_amount: 1_900,
      recurring: { interval: "month" },
      metadata: { app: "agathaai", plan: "pro" },
    });
    const subscription = newestSubscription(standIn, customer);
    const [item] = subscription.items.data;
    if (item !== undefined) item.price = old.id;
    standIn.state.coupons.half = {
      id: "half",
      object: "coupon",
      created: 0,
      name: "Half",
      percent_off: 50,
      amount_off: null,
      currency: null,
      duration: "forever",
      valid: true,
      metadata: {},
      livemode: false,
    };
    standIn.state.discounts.di_half = {
      id: "di_half",
      object: "discount",
      created: 0,
      start: 0,
      end: null,
      customer,
      subscription: subscription.id,
      source: { type: "coupon", coupon: "half" },
      promotion_code: null,
    };
    subscription.discounts = ["di_half"];
    expect(await getCurrentPrice(db(), stripe, org(who))).toEqual({
      monthly_micros: 11_400_000,
      tax_micros: 1_900_000,
      discount_micros: 9_500_000,
    });
    const preview = await previewPlanChange(db(), stripe, { ...org(who), plan: "plus" });
    expect(preview.monthly_micros).toBe(59_400_000);
    expect(preview.lines.map(({ description }) => description)).toContain("Discount");
    expect(preview.lines.reduce((sum, { amount_micros }) => sum + amount_micros, 0)).toBe(
      preview.due_now_micros,
    );
  });
});

describe("setting an account up again", () => {
  it("finds nothing to do where all is as it should be", async () => {
    expect(await setUpStripe(stripe, { appUrl })).toEqual({ changes: [], webhookSecret: undefined });
  });

  it("puts the portal's features back, and says which had drifted", async () => {
    const [configuration] = Object.values(standIn.state.configurations);
    if (configuration === undefined) throw new Error("no configuration");
    configuration.features.subscription_update = { enabled: true };
    configuration.features.subscription_cancel = { enabled: true, mode: "immediately" };
    const { changes } = await setUpStripe(stripe, { appUrl });
    expect(changes).toEqual([
      "portal configuration updated: features.subscription_cancel.mode, features.subscription_update.enabled",
    ]);
    expect(configuration.features.subscription_cancel).toMatchObject({ mode: "at_period_end" });
  });

  it("asks the endpoint for the events it needs, and switches it on", async () => {
    const [endpoint] = Object.values(standIn.state.endpoints);
    if (endpoint === undefined) throw new Error("no endpoint");
    endpoint.enabled_events = endpoint.enabled_events.slice(1);
    endpoint.status = "disabled";
    const { changes } = await setUpStripe(stripe, { appUrl });
    expect(changes.join()).toContain("updated: enabled_events, status");
    expect(endpoint.status).toBe("enabled");
  });

  it("makes an endpoint of this API version beside another's, and removes that one the next time", async () => {
    const [endpoint] = Object.values(standIn.state.endpoints);
    if (endpoint === undefined) throw new Error("no endpoint");
    endpoint.api_version = "2020-08-27";
    const first = await setUpStripe(stripe, { appUrl });
    expect(first.webhookSecret).toMatch(/^whsec_/);
    expect(first.changes.join()).toContain("endpoint of API version 2020-08-27 left");
    expect(Object.values(standIn.state.endpoints)).toHaveLength(2);
    const second = await setUpStripe(stripe, { appUrl });
    expect(second.changes).toEqual(["webhook endpoint of API version 2020-08-27 removed"]);
    expect(Object.values(standIn.state.endpoints)).toMatchObject([{ api_version: Stripe.API_VERSION }]);
    expect(await setUpStripe(stripe, { appUrl })).toEqual({ changes: [], webhookSecret: undefined });
  });
});
