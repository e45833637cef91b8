import { describe, expect, it } from "vitest";
import { fallOverdue, markUncollectible } from "../../../../infra/stand-ins/stripe/invoices/invoice-life";
import {
  chargeOfInvoice,
  closeDispute,
  openDispute,
  refund,
} from "../../../../infra/stand-ins/stripe/money/give-back";
import { after } from "../../../../infra/testing/clock";
import { type Buyer, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { DAY, fromPublicId, newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  endGracePeriods,
  getSpending,
  handleIncident,
  listIncidents,
  notifyIncidents,
  openCustomerPortal,
  setOverage,
  setPlanOverride,
  syncOverrideBilling,
  syncSubscription,
} from "..";
import {
  billing,
  checkout,
  current,
  customerOf,
  deliver,
  incidents,
  latestInvoice,
  org,
  pastDue,
  portal,
  rowOf,
  stack,
  standIn,
  state,
  stripe,
  subscribe,
  world,
} from "./testing/subscribers";

describe("a debt", () => {
  it("is paid at once when the card is changed, by the event alone", async () => {
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

  it("has one grace period, from the first failure: writing an invoice off begins no second one", async () => {
    state.after_retries = "past_due";
    const who = await subscribe("pro", "fails_later");
    await pastDue(who);
    const { grace_ends_at } = await billing(who);
    const subscription = await current(who);
    markUncollectible(world, await latestInvoice(who));
    subscription.status = "past_due";
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await billing(who)).toMatchObject({ grace_ends_at });
    // An invoice that Stripe no longer lists does not change it either.
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

describe("a customer that Stripe does not know", () => {
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

  it("is created again only by a purchase", async () => {
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

  it("expires the checkout pages that were open", async () => {
    const who = await makeBuyer();
    const { url } = await checkout(who);
    await agree(who);
    await syncOverrideBilling(db(), stripe, org(who));
    expect((await payOn(url)).html).toContain("has expired");
    expect(await syncOverrideBilling(db(), stripe, org(who))).toBe(0);
  });

  it("whose invoice is overdue is reported to operators until it is paid", async () => {
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

describe("incidents that operators must review", () => {
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

  it("a dispute that is lost stays open for operators, and the plan stays off", async () => {
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
