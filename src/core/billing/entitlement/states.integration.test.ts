import { describe, expect, it } from "vitest";
import { makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { db } from "../../platform/db/client";
import { changePlan, createStripe, resumeSubscription, startCheckout } from "..";
import {
  answerBank,
  billing,
  checkout,
  current,
  customerOf,
  deliver,
  latestInvoice,
  mails,
  org,
  pastDue,
  portal,
  standIn,
  stripe,
  subscribe,
} from "./testing/subscribers";

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

  it("is undone by choosing the plan again or paying for a larger one, and not by a refused one", async () => {
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

describe("a page that was paid in another tab", () => {
  it("and a plan chosen meanwhile give one subscription", async () => {
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
