import { expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import { makeUser, principalOf } from "../../../../infra/testing/make-user";
import { payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { listAudit } from "../../audit";
import { DAY, newId, type UserPrincipal } from "../../platform";
import { db } from "../../platform/db/client";
import {
  changePlan,
  endExpiredOverrides,
  endPlanOverride,
  getBilling,
  type NewPlanOverride,
  processStripeEvent,
  setPlanOverride,
  startCheckout,
  syncOverrideBilling,
  syncSubscription,
} from "..";

const { stripe } = await useStripeStack();
const operatorId = newId();
const inADay = () => new Date(Date.now() + DAY);

const customer = async () => principalOf((await makeUser({ verified: true })).claims);

async function subscribe(principal: UserPrincipal): Promise<string> {
  const { url } = await startCheckout(db(), stripe, { principal, plan: "pro" });
  await payOn(url);
  const { stripeCustomerId } = await rowOf(principal);
  await syncSubscription(db(), stripe, stripeCustomerId ?? "");
  return stripeCustomerId ?? "";
}

const rowOf = ({ orgId }: UserPrincipal) => db().subscription.findUniqueOrThrow({ where: { orgId } });
const agree = ({ orgId }: UserPrincipal, agreement: Partial<NewPlanOverride> = {}) =>
  setPlanOverride(db(), {
    orgId,
    operatorId,
    override: {
      plan: "enterprise",
      monthlyTokens: null,
      requestsPerMinute: null,
      priceCents: null,
      reason: "Agreed by mail",
      expiresAt: null,
      ...agreement,
    },
  });
const entries = async ({ orgId }: UserPrincipal) =>
  (await listAudit(db(), { orgId, environment: "all", limit: 50, requests: false })).data.filter(
    ({ action }) => action.startsWith("org.plan_"),
  );
const subscriptionsOf = async (customerId: string) =>
  (await stripe.subscriptions.list({ customer: customerId, status: "all" })).data;

it("an override takes precedence over the Stripe state, with limits of its own, until it expires", async () => {
  const who = await customer();
  const stripeCustomer = await subscribe(who);
  expect(await rowOf(who)).toMatchObject({ plan: "pro", customRpm: null });

  await agree(who, { plan: "plus", monthlyTokens: 7_000_000, requestsPerMinute: 42, expiresAt: inADay() });
  const agreed = { plan: "plus", customMonthlyTokens: 7_000_000n, customRpm: 42 };
  expect(await rowOf(who)).toMatchObject(agreed);
  await syncSubscription(db(), stripe, stripeCustomer);
  for await (const event of stripe.events.list({ limit: 100 })) await processStripeEvent(db(), stripe, event);
  expect(await rowOf(who)).toMatchObject(agreed);
  expect(await getBilling(db(), who)).toMatchObject({
    plan: "plus",
    subscribed: true,
    agreement: { requests_per_minute: 42, monthly_micros: null },
    quota: { limit: 7_000_000 },
  });

  expect(await endExpiredOverrides(db(), stripe)).toBe(0);
  expect(await endExpiredOverrides(db(), stripe, after(2 * DAY))).toBe(1);
  expect(await rowOf(who)).toMatchObject({ plan: "pro", customMonthlyTokens: null, customRpm: null });
  expect(await getBilling(db(), who)).toMatchObject({ agreement: null });
  expect(await endExpiredOverrides(db(), stripe, after(2 * DAY))).toBe(0);

  const [ended, set] = await entries(who);
  expect(set).toMatchObject({
    actor: { type: "operator" },
    details: { plan: "plus", monthly_tokens: 7_000_000, requests_per_minute: 42, reason: "Agreed by mail" },
  });
  expect(set?.details.expires_at).toMatch(/Z$/);
  expect(ended).toMatchObject({
    action: "org.plan_override_ended",
    actor: { type: "system" },
    details: { because: "expired" },
  });
});

it("an expired override no longer applies, even before the job has run", async () => {
  const who = await customer();
  const stripeCustomer = await subscribe(who);
  await agree(who, { expiresAt: inADay() });
  await syncSubscription(db(), stripe, stripeCustomer, after(2 * DAY));
  expect(await rowOf(who)).toMatchObject({ plan: "pro" });
});

it("when an override ends without a Stripe customer, or without Stripe, the plan is Free", async () => {
  const who = await customer();
  const { id } = await agree(who);
  expect(await rowOf(who)).toMatchObject({ plan: "enterprise" });
  await endPlanOverride(db(), undefined, { orgId: who.orgId, overrideId: id, operatorId });
  expect(await rowOf(who)).toMatchObject({ plan: "free", customRpm: null });
});

it("a customer deleted at Stripe keeps its override", async () => {
  const who = await customer();
  const stripeCustomer = await subscribe(who);
  await agree(who);
  await stripe.customers.del(stripeCustomer);
  for await (const event of stripe.events.list({ type: "customer.deleted", limit: 10 })) {
    await processStripeEvent(db(), stripe, event);
  }
  expect(await rowOf(who)).toMatchObject({ plan: "enterprise", stripeCustomerId: null });
});

it("of two simultaneous overrides the later one applies alone, and both are in the audit log", async () => {
  const who = await customer();
  await Promise.all([
    agree(who, { plan: "pro", reason: "One" }),
    agree(who, { plan: "plus", reason: "Two" }),
  ]);
  const all = await db().planOverride.findMany({
    where: { orgId: who.orgId },
    orderBy: { createdAt: "asc" },
  });
  const held = all.filter(({ endedAt }) => endedAt === null);
  expect(all).toHaveLength(2);
  expect(held).toHaveLength(1);
  expect((await rowOf(who)).plan).toBe(held[0]?.plan);
  expect((await entries(who)).map(({ action }) => action).toSorted()).toEqual(
    ["org.plan_overridden", "org.plan_overridden", "org.plan_override_ended"].toSorted(),
  );
});

it("of two operators who end it at once one is told that it has ended", async () => {
  const who = await customer();
  const { id } = await agree(who);
  const end = () => endPlanOverride(db(), stripe, { orgId: who.orgId, overrideId: id, operatorId });
  const ends = await Promise.allSettled([end(), end()]);
  expect(ends.filter(({ status }) => status === "fulfilled")).toHaveLength(1);
  expect(ends.find(({ status }) => status === "rejected")).toMatchObject({ reason: { code: "conflict" } });
});

it("refuses an end that has passed, and an organization that is not there", async () => {
  const who = await customer();
  await expect(agree(who, { expiresAt: new Date() })).rejects.toMatchObject({ param: "expires_at" });
  await expect(agree({ ...who, orgId: newId() })).rejects.toMatchObject({ code: "not_found" });
  expect(await rowOf(who)).toMatchObject({ plan: "free" });
});

it("an agreed price is billed once by a sent invoice, gives no plan by itself, and ends with the period", async () => {
  const who = await customer();
  const { id } = await agree(who, { priceCents: 250_000 });
  await Promise.all([syncOverrideBilling(db(), stripe), syncOverrideBilling(db(), stripe)]);
  // As if the answer had been lost before it was written down.
  await db().planOverride.update({ where: { id }, data: { stripeSubscriptionId: null } });
  expect(await syncOverrideBilling(db(), stripe)).toBe(1);
  expect(await syncOverrideBilling(db(), stripe)).toBe(0);

  const { stripeCustomerId } = await rowOf(who);
  const [subscription, ...others] = await subscriptionsOf(stripeCustomerId ?? "");
  expect(others).toEqual([]);
  expect(subscription).toMatchObject({ collection_method: "send_invoice", days_until_due: 30 });
  expect(subscription?.items.data[0]?.price).toMatchObject({ unit_amount: 250_000 });
  const { data: invoices } = await stripe.invoices.list({ customer: stripeCustomerId ?? "" });
  // An invoice stays a draft for an hour before it is sent.
  expect(invoices).toMatchObject([{ status: "draft", total: 250_000 }]);

  await syncSubscription(db(), stripe, stripeCustomerId ?? "");
  expect(await rowOf(who)).toMatchObject({
    plan: "enterprise",
    stripeSubscriptionId: null,
    status: "active",
  });
  expect(await getBilling(db(), who)).toMatchObject({
    subscribed: false,
    agreement: { monthly_micros: 2_500_000_000 },
  });
  // It is not the customer's to change, and nothing can be bought beside it.
  await expect(changePlan(db(), stripe, { orgId: who.orgId, plan: "pro" })).rejects.toMatchObject({
    code: "conflict",
  });
  await expect(startCheckout(db(), stripe, { principal: who, plan: "pro" })).rejects.toMatchObject({
    code: "conflict",
  });

  await endPlanOverride(db(), stripe, { orgId: who.orgId, overrideId: id, operatorId });
  expect(await rowOf(who)).toMatchObject({ plan: "free", stripeSubscriptionId: null });
  await syncOverrideBilling(db(), stripe);
  expect(await syncOverrideBilling(db(), stripe)).toBe(0);
  expect(await subscriptionsOf(stripeCustomerId ?? "")).toMatchObject([{ cancel_at_period_end: true }]);
  // The agreement's subscription does not prevent a purchase.
  await subscribe(who);
  expect(await rowOf(who)).toMatchObject({ plan: "pro" });
});
