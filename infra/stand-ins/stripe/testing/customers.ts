import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach } from "vitest";
import { payOn, type TestCard } from "../../../testing/stripe/hosted-pages";
import { startStripe } from "../start-stripe";

/** Customers of the stand-in, and what happens to them. */

export const standIn = await startStripe({ port: 0 });
afterAll(() => standIn.stop());
export const { world } = standIn;
export const stripe = new Stripe("sk_test_local", {
  host: "localhost",
  port: new URL(standIn.url).port,
  protocol: "http",
  maxNetworkRetries: 0,
  telemetry: false,
});

export let pro: string;
export let plus: string;
export let customer: string;
let seen: number;

beforeAll(async () => {
  const price = async (id: string, unit_amount: number) => {
    await stripe.products.create({ id, name: id });
    const made = await stripe.prices.create({
      product: id,
      currency: "usd",
      unit_amount,
      recurring: { interval: "month" },
    });
    return made.id;
  };
  pro = await price("pro", 2_900);
  plus = await price("plus", 9_900);
});

beforeEach(async () => {
  customer = (await stripe.customers.create({ email: "ada@example.com" })).id;
  seen = Object.keys(standIn.state.events).length;
});

/** What was told since the test began, in order. */
export const told = (...kinds: string[]) =>
  Object.values(standIn.state.events)
    .slice(seen)
    .map(({ type }) => type)
    .filter((type) => kinds.some((kind) => type.startsWith(kind)));

export async function buy(card: TestCard = "pays") {
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: [{ price: pro, quantity: 1 }],
    success_url: "http://localhost/done",
  });
  await payOn(session.url ?? "", card, { confirmed: "yes" });
  return subscription();
}

export async function subscription() {
  const { data } = await stripe.subscriptions.list({ customer, status: "all" });
  const [one] = data;
  if (one === undefined) throw new Error("no subscription");
  return one;
}

export async function latestInvoice() {
  const { data } = await stripe.invoices.list({ customer, limit: 1, expand: ["data.payments"] });
  const [one] = data;
  if (one === undefined) throw new Error("no invoice");
  return one;
}

export const portal = async () => {
  const configuration = await stripe.billingPortal.configurations.create({
    features: { subscription_cancel: { enabled: true, mode: "at_period_end" } },
  });
  const { url } = await stripe.billingPortal.sessions.create({
    customer,
    configuration: configuration.id,
    return_url: "http://localhost/",
  });
  return url;
};

/** To the end of the customer's own period, and until its invoice is closed. */
export async function renewal() {
  const { items } = await subscription();
  standIn.advance({ to: (items.data[0]?.current_period_end ?? 0) + 3_700 });
}

export const upgrade = async (payment_behavior: "error_if_incomplete" | "pending_if_incomplete") => {
  const { id, items } = await subscription();
  return stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]?.id ?? "", price: plus }],
    proration_behavior: "always_invoice",
    payment_behavior,
  });
};

export const answerBank = (invoice: string, confirmed: "yes" | "no") =>
  fetch(`${standIn.url}/i/${invoice}/confirm`, {
    method: "POST",
    body: new URLSearchParams({ confirmed }),
    redirect: "manual",
  });
