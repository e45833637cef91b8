import { describe, expect, it } from "vitest";
import { actOnPortal } from "../../../testing/stripe/hosted-pages";
import { chargeOfInvoice, closeDispute, openDispute, refund } from "../money/give-back";
import {
  buy,
  customer,
  latestInvoice,
  portal,
  pro,
  standIn,
  stripe,
  subscription,
  told,
  world,
} from "../testing/customers";

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

describe("objects that do not exist", () => {
  it("an unknown customer is refused by name, in a body and in a list", async () => {
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
