import Stripe from "stripe";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { actOnPortal, newestSubscription, payOn, type TestCard } from "../../testing/stripe/hosted-pages";
import { chargeOfInvoice, closeDispute, openDispute, refund } from "./money/give-back";
import { startStripe } from "./start-stripe";

const standIn = await startStripe({ port: 0 });
afterAll(() => standIn.stop());
const { world } = standIn;
const stripe = new Stripe("sk_test_local", {
  host: "localhost",
  port: new URL(standIn.url).port,
  protocol: "http",
  maxNetworkRetries: 0,
  telemetry: false,
});

let pro: string;
let plus: string;
let customer: string;
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
const told = (...kinds: string[]) =>
  Object.values(standIn.state.events)
    .slice(seen)
    .map(({ type }) => type)
    .filter((type) => kinds.some((kind) => type.startsWith(kind)));

async function buy(card: TestCard = "pays") {
  const session = await stripe.checkout.sessions.create({
    mode: "subscription",
    customer,
    line_items: [{ price: pro, quantity: 1 }],
    success_url: "http://localhost/done",
  });
  await payOn(session.url ?? "", card, { confirmed: "yes" });
  return subscription();
}

async function subscription() {
  const { data } = await stripe.subscriptions.list({ customer, status: "all" });
  const [one] = data;
  if (one === undefined) throw new Error("no subscription");
  return one;
}

async function latestInvoice() {
  const { data } = await stripe.invoices.list({ customer, limit: 1, expand: ["data.payments"] });
  const [one] = data;
  if (one === undefined) throw new Error("no invoice");
  return one;
}

const portal = async () => {
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
async function renewal() {
  const { items } = await subscription();
  standIn.advance({ to: (items.data[0]?.current_period_end ?? 0) + 3_700 });
}

const upgrade = async (payment_behavior: "error_if_incomplete" | "pending_if_incomplete") => {
  const { id, items } = await subscription();
  return stripe.subscriptions.update(id, {
    items: [{ id: items.data[0]?.id ?? "", price: plus }],
    proration_behavior: "always_invoice",
    payment_behavior,
  });
};

const answerBank = (invoice: string, confirmed: "yes" | "no") =>
  fetch(`${standIn.url}/i/${invoice}/confirm`, {
    method: "POST",
    body: new URLSearchParams({ confirmed }),
    redirect: "manual",
  });

describe("an end that is planned", () => {
  it("by the customer portal is a time, with cancel_at_period_end false, and can be taken back there", async () => {
    const { id, items } = await buy();
    const url = await portal();
    await actOnPortal(url, "cancel", { subscription: id });
    const end = items.data[0]?.current_period_end;
    expect(await subscription()).toMatchObject({ cancel_at: end, cancel_at_period_end: false });
    await actOnPortal(url, "resume", { subscription: id });
    expect(await subscription()).toMatchObject({ cancel_at: null, canceled_at: null });
  });

  it("by the portal is not taken back by cancel_at_period_end false, but by clearing cancel_at", async () => {
    const { id } = await buy();
    await actOnPortal(await portal(), "cancel", { subscription: id });
    await stripe.subscriptions.update(id, { cancel_at_period_end: false });
    expect((await subscription()).cancel_at).not.toBeNull();
    await stripe.subscriptions.update(id, { cancel_at: "" });
    expect((await subscription()).cancel_at).toBeNull();
    await expect(
      stripe.subscriptions.update(id, { cancel_at: "", cancel_at_period_end: false }),
    ).rejects.toMatchObject({ statusCode: 400, param: "cancel_at" });
  });

  it("comes at its time, within a period or at its end", async () => {
    const { id } = await buy();
    await stripe.subscriptions.update(id, { cancel_at: world.now() + 86_400 });
    standIn.advance({ days: 2 });
    expect(await subscription()).toMatchObject({ status: "canceled" });
  });
});

describe("a renewal", () => {
  it("leaves a draft for an hour, whose number comes when it is closed", async () => {
    const { items } = await buy();
    standIn.advance({ to: (items.data[0]?.current_period_end ?? 0) + 60 });
    expect(await latestInvoice()).toMatchObject({ status: "draft", number: null, hosted_invoice_url: null });
    expect(await subscription()).toMatchObject({ status: "active" });
    standIn.advance({ to: world.now() + 3_600 });
    expect(await latestInvoice()).toMatchObject({
      status: "paid",
      number: expect.stringMatching(/^AGATHA-/),
    });
    expect(told("invoice.").slice(-4)).toEqual([
      "invoice.created",
      "invoice.finalized",
      "invoice.paid",
      "invoice.payment_succeeded",
    ]);
  });

  it("that cannot be finalized says so, and stays a draft until it can", async () => {
    await buy();
    standIn.state.unfinalizable.push(customer);
    await renewal();
    const draft = await latestInvoice();
    expect(draft).toMatchObject({
      status: "draft",
      last_finalization_error: { code: "customer_tax_location_invalid" },
    });
    expect(told("invoice.finalization_failed")).toHaveLength(1);
    standIn.state.unfinalizable = [];
    expect(await stripe.invoices.finalizeInvoice(draft.id ?? "")).toMatchObject({ status: "paid" });
  });

  it("that a bank asks about waits on its hosted page, and goes through when it is confirmed there", async () => {
    await buy("confirms");
    await renewal();
    expect(await subscription()).toMatchObject({ status: "past_due" });
    expect(told("invoice.payment_", "payment_intent.requires")).toEqual(
      expect.arrayContaining([
        "payment_intent.requires_action",
        "invoice.payment_action_required",
        "invoice.payment_failed",
      ]),
    );
    const invoice = await latestInvoice();
    const intent = invoice.payments?.data[0]?.payment.payment_intent;
    const id = typeof intent === "string" ? intent : (intent?.id ?? "");
    expect(await stripe.paymentIntents.retrieve(id)).toMatchObject({ status: "requires_action" });
    await expect(stripe.invoices.pay(invoice.id ?? "")).rejects.toMatchObject({
      statusCode: 402,
      code: "invoice_payment_intent_requires_action",
    });
    expect(await (await fetch(invoice.hosted_invoice_url ?? "")).text()).toContain("is it you");
    await answerBank(invoice.id ?? "", "no");
    expect(await latestInvoice()).toMatchObject({ status: "open" });
    await stripe.invoices.pay(invoice.id ?? "").catch(() => undefined);
    await answerBank(invoice.id ?? "", "yes");
    expect(await latestInvoice()).toMatchObject({ status: "paid" });
    expect(await subscription()).toMatchObject({ status: "active" });
  });

  it.each(["voidInvoice", "markUncollectible"] as const)("that failed is let go by %s", async (method) => {
    await buy("fails_later");
    await renewal();
    expect(await subscription()).toMatchObject({ status: "past_due" });
    const { id } = await latestInvoice();
    await stripe.invoices[method](id ?? "");
    expect((await latestInvoice()).status).toBe(method === "voidInvoice" ? "void" : "uncollectible");
    expect(await subscription()).toMatchObject({ status: "active" });
    await expect(stripe.invoices.markUncollectible(id ?? "")).rejects.toMatchObject({ statusCode: 400 });
  });
});

describe("an upgrade that waits for its payment", () => {
  it("holds when the bank's question is answered, and not before", async () => {
    await buy("confirms");
    const waiting = await upgrade("pending_if_incomplete");
    expect(waiting.pending_update?.subscription_items?.[0]?.price.id).toBe(plus);
    expect(waiting).toMatchObject({ status: "active" });
    expect(waiting.items.data[0]?.price.id).toBe(pro);
    await answerBank((await latestInvoice()).id ?? "", "yes");
    const paid = await subscription();
    expect(paid.pending_update).toBeNull();
    expect(paid.items.data[0]?.price.id).toBe(plus);
    expect(told("customer.subscription.pending")).toEqual(["customer.subscription.pending_update_applied"]);
  });

  it("is let go after 23 hours, with its invoice void", async () => {
    await buy("confirms");
    await upgrade("pending_if_incomplete");
    standIn.advance({ days: 1 });
    expect(await subscription()).toMatchObject({ status: "active", pending_update: null });
    expect(await latestInvoice()).toMatchObject({ status: "void" });
    expect(told("customer.subscription.pending")).toEqual(["customer.subscription.pending_update_expired"]);
  });

  it("with error_if_incomplete is refused and changes nothing", async () => {
    await buy("confirms");
    await expect(upgrade("error_if_incomplete")).rejects.toMatchObject({
      statusCode: 402,
      code: "subscription_payment_intent_requires_action",
    });
    expect((await subscription()).items.data[0]?.price.id).toBe(pro);
    expect(await latestInvoice()).toMatchObject({ status: "paid", billing_reason: "subscription_create" });
  });
});

describe("money that goes back", () => {
  it("is refunded in parts, and no more than was paid", async () => {
    await buy();
    const charge = chargeOfInvoice(world, (await latestInvoice()).id ?? "");
    await stripe.refunds.create({ charge: charge.id, amount: 900 });
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ amount_refunded: 900, refunded: false });
    await expect(stripe.refunds.create({ charge: charge.id, amount: 2_001 })).rejects.toMatchObject({
      param: "amount",
    });
    refund(world, charge);
    expect(await stripe.charges.retrieve(charge.id)).toMatchObject({ refunded: true });
    await expect(stripe.refunds.create({ charge: charge.id })).rejects.toMatchObject({
      code: "charge_already_refunded",
    });
    expect(told("charge.refunded")).toHaveLength(2);
    expect(await latestInvoice()).toMatchObject({ status: "paid" });
  });

  it("is taken by a dispute until that is closed", async () => {
    await buy();
    const charge = chargeOfInvoice(world, (await latestInvoice()).id ?? "");
    const dispute = openDispute(world, charge);
    expect(await stripe.disputes.retrieve(dispute.id)).toMatchObject({ status: "needs_response" });
    await expect(stripe.refunds.create({ charge: charge.id })).rejects.toMatchObject({
      code: "charge_disputed",
    });
    closeDispute(world, dispute, "lost");
    expect(told("charge.dispute")).toEqual([
      "charge.dispute.created",
      "charge.dispute.funds_withdrawn",
      "charge.dispute.closed",
    ]);
  });
});

describe("what is not there", () => {
  it("a customer nobody knows is refused by name, in a body as in a list", async () => {
    const unknown = { statusCode: 400, code: "resource_missing", param: "customer" };
    await expect(stripe.subscriptions.list({ customer: "cus_none" })).rejects.toMatchObject(unknown);
    await expect(stripe.invoices.list({ customer: "cus_none" })).rejects.toMatchObject(unknown);
    await expect(
      stripe.checkout.sessions.list({ customer: "cus_none", status: "open" }),
    ).rejects.toMatchObject(unknown);
    await portal();
    await expect(stripe.billingPortal.sessions.create({ customer: "cus_none" })).rejects.toMatchObject(
      unknown,
    );
  });

  it("a deleted customer is shown as deleted, keeps what it had in lists, and can do nothing more", async () => {
    const { id } = await buy();
    await stripe.customers.del(customer);
    expect(await stripe.customers.retrieve(customer)).toEqual(
      expect.objectContaining({ id: customer, deleted: true }),
    );
    expect(await stripe.subscriptions.retrieve(id, { expand: ["customer"] })).toMatchObject({
      status: "canceled",
      customer: { deleted: true },
    });
    expect((await stripe.subscriptions.list({ customer, status: "all" })).data).toHaveLength(1);
    await expect(
      stripe.checkout.sessions.create({
        mode: "subscription",
        customer,
        line_items: [{ price: pro }],
        success_url: "http://localhost/",
      }),
    ).rejects.toMatchObject({ code: "resource_missing", param: "customer" });
  });

  it("an ended subscription cannot be changed, ended, scheduled or previewed", async () => {
    const { id } = await buy();
    await stripe.subscriptions.cancel(id);
    await expect(stripe.subscriptions.cancel(id)).rejects.toMatchObject({
      statusCode: 404,
      code: "resource_missing",
    });
    await expect(stripe.subscriptions.update(id, { cancel_at_period_end: false })).rejects.toThrow(
      "canceled subscription can only update",
    );
    await expect(stripe.subscriptionSchedules.create({ from_subscription: id })).rejects.toThrow(
      "`canceled` state",
    );
    await expect(stripe.invoices.createPreview({ subscription: id })).rejects.toMatchObject({
      code: "invoice_upcoming_none",
    });
  });
});

it("a card that is changed in the portal is the customer's default, and both are told", async () => {
  await buy("fails_later");
  await actOnPortal(await portal(), "card", { card: "pays" });
  const { data } = await stripe.paymentMethods.list({ customer });
  const known = await stripe.customers.retrieve(customer);
  if (known.deleted) throw new Error("deleted");
  expect(data.map(({ id }) => id)).toEqual([known.invoice_settings.default_payment_method]);
  expect(data[0]?.card?.last4).toBe("4242");
  expect(told("payment_method", "customer.updated").slice(-3)).toEqual([
    "payment_method.attached",
    "customer.updated",
    "payment_method.detached",
  ]);
});

it("what is sent and not paid in time is overdue, once, and its subscription past due", async () => {
  await stripe.subscriptions.create({
    customer,
    items: [{ price: plus, quantity: 1 }],
    collection_method: "send_invoice",
    days_until_due: 7,
  });
  standIn.advance({ days: 1 });
  expect(await latestInvoice()).toMatchObject({ status: "open", due_date: expect.any(Number) });
  standIn.advance({ days: 8 });
  standIn.advance({ days: 1 });
  expect(told("invoice.overdue")).toHaveLength(1);
  expect(newestSubscription(standIn, customer).status).toBe("past_due");
  expect(
    await stripe.invoices.pay((await latestInvoice()).id ?? "", { paid_out_of_band: true }),
  ).toMatchObject({
    status: "paid",
  });
  expect(newestSubscription(standIn, customer).status).toBe("active");
});

it("what a customer has in credit is taken first", async () => {
  await stripe.customers.update(customer, { balance: -1_000 });
  await buy();
  expect(await latestInvoice()).toMatchObject({
    total: 2_900,
    starting_balance: -1_000,
    ending_balance: 0,
    amount_due: 1_900,
  });
});
