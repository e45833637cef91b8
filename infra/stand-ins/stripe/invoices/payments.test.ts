import { describe, expect, it } from "vitest";
import { newestSubscription } from "../../../testing/stripe/hosted-pages";
import {
  answerBank,
  buy,
  customer,
  latestInvoice,
  plus,
  pro,
  renewal,
  standIn,
  stripe,
  subscription,
  told,
  upgrade,
  world,
} from "../testing/customers";

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

it("an invoice that is sent and not paid in time becomes overdue once, and its subscription past due", async () => {
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

it("a customer's credit is used first", async () => {
  await stripe.customers.update(customer, { balance: -1_000 });
  await buy();
  expect(await latestInvoice()).toMatchObject({
    total: 2_900,
    starting_balance: -1_000,
    ending_balance: 0,
    amount_due: 1_900,
  });
});
