import { randomUUID } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import { after } from "../../../../infra/testing/clock";
import { type Buyer, eventCourier, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { startStripeProxy } from "../../../../infra/testing/stripe/stripe-proxy";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, newId } from "../../platform";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db, poolState } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  compareOverage,
  createStripe,
  endExpiredOverrides,
  endGracePeriods,
  getBilling,
  listInvoices,
  openCustomerPortal,
  previewPlanChange,
  processStripeEvent,
  reconcileBilling,
  reportOverage,
  resumeSubscription,
  setOverage,
  setPlanOverride,
  setUpStripe,
  startCheckout,
  stripeOutage,
  syncOverrideBilling,
  syncSubscription,
} from "..";
import { endSubscriptions } from "../subscription/end-subscription";
import { processReceivedEvents } from "../webhooks/process-stripe-events";
import { receiveStripeEvent } from "../webhooks/receive-stripe-event";
import { StripeCircuitBreaker } from "./stripe-circuit-breaker";

const standIn = await startStripe({ port: 0 });
const proxy = await startStripeProxy(standIn.url);
await useTestStack({ STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: proxy.url });
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: proxy.url });
const quick = () =>
  createStripe(
    { secretKey: "sk_test_local", apiBase: proxy.url },
    {
      circuit: new StripeCircuitBreaker(undefined, {
        readTimeoutMs: 2_000,
        queueMs: 500,
        openMs: 1_000,
        maxConcurrent: 2,
      }),
    },
  );

beforeAll(async () => {
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
  standIn.deliveries.outage = true;
});
afterEach(() => {
  proxy.mood = "well";
  proxy.onCall = undefined;
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await proxy.stop();
  await standIn.stop();
});

const { deliver } = eventCourier(stripe);
const org = ({ principal }: Buyer) => ({ orgId: principal.orgId });
const customerOf = async ({ principal }: Buyer) =>
  (await db().subscription.findUniqueOrThrow({ where: { orgId: principal.orgId } })).stripeCustomerId ?? "";

async function subscribe(plan: "pro" | "plus" = "pro"): Promise<Buyer> {
  const who = await makeBuyer();
  const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan });
  await payOn(url);
  await deliver();
  return who;
}

describe("while Stripe is asked", () => {
  it("no connection of the database is held, whatever is done", async () => {
    const held: string[] = [];
    await expect.poll(busy).toBe(0);
    proxy.onCall = (call) => {
      if (busy() > 0) held.push(call);
    };
    let asked = 0;
    const step = async (name: string, run: () => Promise<unknown>) => {
      proxy.calls.length = 0;
      await run();
      expect(held, name).toEqual([]);
      expect(proxy.calls.length, `${name} asks Stripe`).toBeGreaterThan(0);
      asked += proxy.calls.length;
    };
    const who = await makeBuyer();
    const { principal } = who;
    let url = "";
    await step("checkout", async () => {
      ({ url } = await startCheckout(db(), stripe, { principal, plan: "pro" }));
    });
    await payOn(url);
    await step("events", deliver);
    await step("overage on", () => setOverage(db(), stripe, { principal, on: true }));
    const overage = { orgId: principal.orgId, micros: 1n, usedAt: new Date(Date.now() - 3 * DAY) };
    await db().overageReport.create({ data: { requestId: newId(), ...overage } });
    await step("reports of overage", () => reportOverage(db(), stripe));
    await step("comparison of overage", () => compareOverage(db(), stripe));
    await step("preview", () => previewPlanChange(db(), stripe, { ...org(who), plan: "plus" }));
    await step("upgrade", () => changePlan(db(), stripe, { ...org(who), plan: "plus" }));
    await step("downgrade", () => changePlan(db(), stripe, { ...org(who), plan: "pro" }));
    await step("cancel", () => cancelSubscription(db(), stripe, org(who)));
    await step("resume", () => resumeSubscription(db(), stripe, org(who)));
    await step("invoices", () => listInvoices(db(), stripe, { ...org(who), input: { limit: 12 } }));
    await step("portal", () => openCustomerPortal(db(), stripe, org(who)));
    await step("sync", async () => syncSubscription(db(), stripe, await customerOf(who)));
    await step("reconciliation", () => reconcileBilling(db(), stripe));
    await setPlanOverride(db(), {
      ...org(who),
      operatorId: newId(),
      override: {
        plan: "enterprise",
        monthlyTokens: null,
        requestsPerMinute: null,
        priceCents: 150_000,
        reason: "Agreed by mail",
        expiresAt: new Date(Date.now() + DAY),
      },
    });
    await step("agreement begins", () => syncOverrideBilling(db(), stripe));
    await step("agreement ends", () => endExpiredOverrides(db(), stripe, after(2 * DAY)));
    await step("its price ends", () => syncOverrideBilling(db(), stripe));
    await db().subscription.update({ where: org(who), data: { graceEndsAt: new Date(0) } });
    await step("end of a grace", () => endGracePeriods(db(), stripe));
    await step("the end of everything", () => endSubscriptions(db(), () => stripe, org(who)));
    expect(asked).toBeGreaterThan(40);
  }, 60_000);

  it("two changes of one organization come one after the other, those of others do not wait", async () => {
    const [who, other] = [await subscribe(), await subscribe()];
    let running = 0;
    let most = 0;
    proxy.onCall = async () => {
      running += 1;
      most = Math.max(most, running);
      await new Promise((resolve) => setTimeout(resolve, 20));
      running -= 1;
    };
    await Promise.all([
      cancelSubscription(db(), stripe, org(who)),
      resumeSubscription(db(), stripe, org(who)),
    ]);
    expect(most).toBe(1);
    await Promise.all([
      cancelSubscription(db(), stripe, org(who)),
      cancelSubscription(db(), stripe, org(other)),
    ]);
    expect(most).toBe(2);
  });

  it("a process that lost the billing lease writes nothing, so an old answer never replaces a newer one", async () => {
    const who = await subscribe();
    const customer = await customerOf(who);
    let stolen = false;
    proxy.onCall = async () => {
      if (stolen) return;
      stolen = true;
      // This process was paused for longer than its lease; another one took it.
      await db().lease.updateMany({
        where: { name: `billing ${who.principal.orgId}` },
        data: { holder: randomUUID() },
      });
      await db().subscription.update({ where: org(who), data: { plan: "plus" } });
    };
    await expect(syncSubscription(db(), stripe, customer)).rejects.toMatchObject({
      code: "billing_unavailable",
    });
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "plus" });
    await db().lease.deleteMany({ where: { name: `billing ${who.principal.orgId}` } });
    await syncSubscription(db(), stripe, customer);
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "pro" });
  });
});

describe("a Stripe that does not answer", () => {
  it.each(["hangs", { status: 429 }, { status: 500 }] as const)(
    "(%j) is told as billing_unavailable with a time, and changes nothing",
    async (mood) => {
      const who = await subscribe();
      proxy.mood = mood;
      const client = quick();
      const failed = await changePlan(db(), client, { ...org(who), plan: "plus" }).catch((error) => error);
      expect(stripeOutage(failed)).toMatchObject({ code: "billing_unavailable", status: 503 });
      expect(stripeOutage(failed)?.retryAfterSeconds).toBe(
        typeof mood === "object" && mood.status === 429 ? 7 : 5,
      );
      proxy.mood = "well";
      expect(await getBilling(db(), org(who))).toMatchObject({ plan: "pro" });
    },
  );

  it("is asked by no more than a few at a time; the rest are told at once, and one finds out that it is back", async () => {
    proxy.mood = "hangs";
    const client = quick();
    const ask = () =>
      client.customers.list({ limit: 1 }).then(
        () => "ok",
        (error: unknown) => stripeOutage(error)?.code,
      );
    proxy.calls.length = 0;
    const answers = await Promise.all(Array.from({ length: 40 }, ask));
    expect(new Set(answers)).toEqual(new Set(["billing_unavailable"]));
    expect(proxy.calls.length).toBeLessThanOrEqual(5);
    const before = proxy.calls.length;
    expect(await ask()).toBe("billing_unavailable");
    expect(proxy.calls.length - before).toBeLessThanOrEqual(1);
    proxy.mood = "well";
    await expect.poll(ask, { timeout: 20_000, interval: 500 }).toBe("ok");
    expect(await Promise.all([ask(), ask(), ask()])).toEqual(["ok", "ok", "ok"]);
  });

  it("delays no webhook: an event is taken, waits, and is done when Stripe is back", async () => {
    const who = await makeBuyer();
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    const { data } = await stripe.events.list({ type: "checkout.session.completed", limit: 1 });
    const [event] = data;
    if (event === undefined) throw new Error("no such event");
    proxy.mood = "hangs";
    proxy.calls.length = 0;
    expect(await receiveStripeEvent(db(), event)).toBe("taken");
    expect(await receiveStripeEvent(db(), event)).toBe("repeated");
    expect(proxy.calls).toEqual([]);
    expect(await processReceivedEvents(db(), quick())).toBe(0);
    expect(await db().stripeEvent.findUnique({ where: { id: event.id } })).toMatchObject({
      processedAt: null,
      attempts: 1,
    });
    // Hours later: it was tried often, and still is minutes away at most from a Stripe that is back.
    await db().stripeEvent.update({ where: { id: event.id }, data: { attempts: 12, nextAttemptAt: null } });
    await processReceivedEvents(db(), quick());
    const { nextAttemptAt } = await db().stripeEvent.findUniqueOrThrow({ where: { id: event.id } });
    expect(nextAttemptAt?.getTime()).toBeGreaterThan(Date.now());
    expect(nextAttemptAt?.getTime()).toBeLessThanOrEqual(Date.now() + 300_000);
    proxy.mood = "well";
    expect(await processReceivedEvents(db(), stripe)).toBe(0);
    expect(await processReceivedEvents(db(), stripe, { clock: after(301_000) })).toBeGreaterThan(0);
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "pro" });
  });
});

describe("an event that cannot be processed", () => {
  it("holds up no other event and no grace period", async () => {
    const [bad, good] = [await subscribe(), await subscribe()];
    const broken = await customerOf(bad);
    await db().subscription.updateMany({
      where: { orgId: { in: [bad.principal.orgId, good.principal.orgId] } },
      data: { graceEndsAt: new Date(0) },
    });
    // Stripe has something of this customer that we do not understand.
    const of = Object.values(standIn.state.subscriptions).find(({ customer }) => customer === broken);
    const price = of?.items.data[0]?.price ?? "";
    if (of?.items.data[0] !== undefined) of.items.data[0].price = "price_gone";
    try {
      expect(await endGracePeriods(db(), stripe)).toBe(1);
      const { data } = await stripe.events.list({ type: "customer.subscription.created", limit: 100 });
      const [event] = data;
      if (event === undefined) throw new Error("no such event");
      await db().stripeEvent.createMany({
        data: [broken, await customerOf(good)].map((customerId) => ({
          id: `evt_${randomUUID()}`,
          type: "customer.subscription.updated",
          customerId,
          receivedAt: new Date(),
        })),
      });
      expect(await processReceivedEvents(db(), stripe)).toBe(1);
      await expect(processStripeEvent(db(), stripe, { ...event, id: `evt_${randomUUID()}` })).resolves.toBe(
        "processed",
      );
    } finally {
      if (of?.items.data[0] !== undefined) of.items.data[0].price = price;
    }
    expect(await db().subscription.findUnique({ where: org(good) })).toMatchObject({ graceEndsAt: null });
  });
});

/** Connections of this process that somebody works with. */
function busy(): number {
  const { total, idle, waiting } = poolState();
  return total - idle + waiting;
}
