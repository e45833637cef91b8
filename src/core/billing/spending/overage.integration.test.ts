import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startStripe } from "../../../../infra/stand-ins/stripe/start-stripe";
import { type Buyer, eventCourier, makeBuyer } from "../../../../infra/testing/stripe/buyers";
import {
  actOnPortal,
  newestSubscription,
  payOn,
  type TestCard,
} from "../../../../infra/testing/stripe/hosted-pages";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, HOUR, MINUTE } from "../../platform/clock";
import { drainAfterResponse } from "../../platform/concurrency/after-response";
import { closeDb, db } from "../../platform/db/client";
import { newId, toPublicId } from "../../platform/ids";
import { renderMetrics } from "../../platform/observability/render-metrics";
import { queue } from "../../platform/queue/queue";
import {
  cancelSubscription,
  changePlan,
  compareOverage,
  createStripe,
  getBilling,
  getSpending,
  openCustomerPortal,
  previewPlanChange,
  reportOverage,
  resumeSubscription,
  setOverage,
  setUpStripe,
  startCheckout,
  syncSubscription,
} from "..";
import { billingGauges } from "../metrics";

const standIn = await startStripe({ port: 0 });
const stack = await useTestStack({ STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: standIn.url });
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });
const { deliver } = eventCourier(stripe);

beforeAll(async () => {
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
  standIn.deliveries.outage = true;
});
afterAll(async () => {
  await drainAfterResponse();
  await closeDb();
  await standIn.stop();
});

const org = ({ principal }: Buyer) => ({ orgId: principal.orgId });
const rowOf = (who: Buyer) => db().subscription.findUniqueOrThrow({ where: org(who) });
const customerOf = async (who: Buyer) => (await rowOf(who)).stripeCustomerId ?? "";
const turn = ({ principal }: Buyer, on: boolean) => setOverage(db(), stripe, { principal, on });
const stateOf = async (who: Buyer) => (await getSpending(db(), org(who))).overage.state;
const mails = ({ email }: Buyer, subject: string) =>
  stack.mailbox.messagesTo(email).filter((mail) => mail.subject.startsWith(subject));

async function subscribe(plan: "pro" | "plus" = "pro", card: TestCard = "pays"): Promise<Buyer> {
  const who = await makeBuyer();
  const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan });
  await payOn(url, card);
  await deliver();
  return who;
}

/** What settlement leaves behind when a request went past the quota. */
async function use(who: Buyer, micros: number, usedAt = new Date()): Promise<string> {
  const requestId = newId();
  await db().overageReport.create({ data: { requestId, ...org(who), micros: BigInt(micros), usedAt } });
  return requestId;
}

async function pricesOf(who: Buyer): Promise<(string | null)[]> {
  const { items } = await stripe.subscriptions.retrieve(
    newestSubscription(standIn, await customerOf(who)).id,
  );
  return items.data.map(({ price }) => price.lookup_key);
}

async function endOfPeriod(who: Buyer): Promise<number> {
  const subscription = newestSubscription(standIn, await customerOf(who));
  return subscription.items.data[0]?.current_period_end ?? 0;
}

/** To the end of this buyer's period, and on until its invoice is closed. */
async function renew(who: Buyer): Promise<void> {
  standIn.advance({ to: (await endOfPeriod(who)) + 3_600 });
}

const invoicesOf = async (who: Buyer) => {
  const { data } = await stripe.invoices.list({ customer: await customerOf(who), limit: 100 });
  return data;
};

describe("switching overage on and off", () => {
  it("adds the metered item once, and off keeps it so that what was used is still invoiced", async () => {
    const who = await subscribe();
    expect(await stateOf(who)).toBe("off");
    expect((await turn(who, true)).overage.state).toBe("on");
    await turn(who, true);
    expect(await pricesOf(who)).toEqual(["agatha_pro_monthly", "agatha_overage"]);
    expect((await turn(who, false)).overage.state).toBe("off");
    expect(await pricesOf(who)).toEqual(["agatha_pro_monthly", "agatha_overage"]);
    const entries = await db().$queryRaw<{ action: string }[]>`
      SELECT action FROM audit_logs WHERE org_id = ${who.principal.orgId}::uuid AND action LIKE 'billing.overage%'
      ORDER BY id`;
    expect(entries.map(({ action }) => action)).toEqual([
      "billing.overage_enabled",
      "billing.overage_disabled",
    ]);
  });

  it("costs nothing by itself", async () => {
    const who = await subscribe();
    await turn(who, true);
    expect(await invoicesOf(who)).toHaveLength(1);
  });

  it("two switches at the same time add one item", async () => {
    const who = await subscribe();
    await Promise.all([turn(who, true), turn(who, true)]);
    expect(await pricesOf(who)).toEqual(["agatha_pro_monthly", "agatha_overage"]);
  });

  it("needs a paid plan in good standing", async () => {
    const free = await makeBuyer();
    expect(await stateOf(free)).toBe("unavailable");
    await expect(turn(free, true)).rejects.toMatchObject({ code: "conflict" });

    const owing = await subscribe();
    newestSubscription(standIn, await customerOf(owing)).status = "past_due";
    await expect(turn(owing, true)).rejects.toMatchObject({ code: "conflict" });
    expect((await rowOf(owing)).overage).toBe(false);

    const agreed = await subscribe();
    await db().subscription.update({ where: org(agreed), data: { plan: "enterprise" } });
    await expect(turn(agreed, true)).rejects.toMatchObject({ code: "conflict" });
  });
});

describe("the metered item", () => {
  it("stays through upgrade, smaller plan, change of mind, cancellation and resumption", async () => {
    const who = await subscribe("pro");
    await turn(who, true);
    await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    expect(await pricesOf(who)).toEqual(["agatha_plus_monthly", "agatha_overage"]);
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "plus", pending_plan: "pro" });
    await changePlan(db(), stripe, { ...org(who), plan: "plus" });
    await cancelSubscription(db(), stripe, org(who));
    await resumeSubscription(db(), stripe, org(who));
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    await renew(who);
    await deliver();
    expect(await pricesOf(who)).toEqual(["agatha_pro_monthly", "agatha_overage"]);
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "pro", pending_plan: null });
    expect(await stateOf(who)).toBe("on");
  });

  it("is added to what runs and to what is to come, when a smaller plan is planned", async () => {
    const who = await subscribe("plus");
    await changePlan(db(), stripe, { ...org(who), plan: "pro" });
    await turn(who, true);
    expect(await pricesOf(who)).toEqual(["agatha_plus_monthly", "agatha_overage"]);
    expect(await getBilling(db(), org(who))).toMatchObject({ plan: "plus", pending_plan: "pro" });
    await renew(who);
    await deliver();
    expect(await pricesOf(who)).toEqual(["agatha_pro_monthly", "agatha_overage"]);
  });

  it("an upgrade costs what its preview says, whatever was used; the preview speaks of the plan alone", async () => {
    const who = await subscribe("pro");
    await turn(who, true);
    await use(who, 12_345_678);
    await reportOverage(db(), stripe);
    const preview = await previewPlanChange(db(), stripe, { ...org(who), plan: "plus" });
    expect(preview.due_now_micros).toBe(70_000_000);
    expect(preview.lines).toHaveLength(2);
    await changePlan(db(), stripe, {
      ...org(who),
      plan: "plus",
      pricedAt: new Date(preview.priced_at ?? ""),
    });
    expect((await invoicesOf(who))[0]).toMatchObject({ amount_paid: preview.due_now_micros / 10_000 });
  });
});

describe("whether overage holds", () => {
  it("not while a payment is due, and again when it came", async () => {
    const who = await subscribe("pro", "fails_later");
    await turn(who, true);
    await renew(who);
    await deliver();
    expect((await rowOf(who)).status).toBe("past_due");
    expect(await stateOf(who)).toBe("held");
    const { url } = await openCustomerPortal(db(), stripe, org(who));
    await actOnPortal(url, "card", { card: "pays" });
    await deliver();
    expect(await stateOf(who)).toBe("on");
  });

  it("not with the next subscription: it was agreed to for the one that ended", async () => {
    const who = await subscribe();
    await turn(who, true);
    await stripe.subscriptions.cancel(newestSubscription(standIn, await customerOf(who)).id);
    await deliver();
    expect(await rowOf(who)).toMatchObject({ plan: "free", overage: false });
    const { url } = await startCheckout(db(), stripe, { principal: who.principal, plan: "pro" });
    await payOn(url);
    await deliver();
    expect(await stateOf(who)).toBe("off");
  });

  it("not where somebody took the item out at Stripe: nothing may be used that no invoice shows", async () => {
    const who = await subscribe();
    await turn(who, true);
    newestSubscription(standIn, await customerOf(who)).items.data.pop();
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await stateOf(who)).toBe("off");
  });
});

describe("reporting", () => {
  it("each use once, under its request's id, at its time, in micro-dollars", async () => {
    const who = await subscribe();
    await turn(who, true);
    const usedAt = new Date(Date.now() - 5 * MINUTE);
    const requestId = await use(who, 1_234, usedAt);
    expect(await reportOverage(db(), stripe)).toEqual({ reported: 1, refused: 0 });
    expect(await reportOverage(db(), stripe)).toEqual({ reported: 0, refused: 0 });
    const customer = await customerOf(who);
    expect(standIn.state.meter_events.filter((event) => event.customer === customer)).toMatchObject([
      {
        identifier: toPublicId("inf", requestId),
        value: 1_234,
        timestamp: Math.floor(usedAt.getTime() / 1_000),
      },
    ]);
  });

  it("a process that died before it could remember: sent again, counted once", async () => {
    const who = await subscribe();
    const requestId = await use(who, 500);
    await reportOverage(db(), stripe);
    await db().overageReport.update({ where: { requestId }, data: { reportedAt: null } });
    expect(await reportOverage(db(), stripe)).toEqual({ reported: 1, refused: 0 });
    const sent = standIn.state.meter_events.filter(
      ({ identifier }) => identifier === toPublicId("inf", requestId),
    );
    expect(sent).toHaveLength(1);
  });

  it("two runs at the same time: each use once", async () => {
    const buyers = [await subscribe(), await subscribe(), await subscribe()];
    for (const who of buyers) for (let index = 0; index < 60; index++) await use(who, 10);
    await Promise.all([reportOverage(db(), stripe), reportOverage(db(), stripe)]);
    for (const who of buyers) {
      const customer = await customerOf(who);
      expect(standIn.state.meter_events.filter((event) => event.customer === customer)).toHaveLength(60);
    }
    expect(await db().overageReport.count({ where: { reportedAt: null, refusedAt: null } })).toBe(0);
  });

  it("while Stripe is away nothing is lost", async () => {
    const who = await subscribe();
    const requestId = await use(who, 500);
    const away = createStripe({ secretKey: "sk_live_refused", apiBase: standIn.url });
    await expect(reportOverage(db(), away)).rejects.toThrow();
    expect(await db().overageReport.findUnique({ where: { requestId } })).toMatchObject({
      reportedAt: null,
      refusedAt: null,
    });
    expect((await reportOverage(db(), stripe)).reported).toBe(1);
  });

  it("what Stripe does not take holds up its own organization alone", async () => {
    const [early, other] = [await subscribe(), await subscribe()];
    const ahead = await use(early, 1, new Date(Date.now() + 10 * MINUTE));
    const fine = await use(other, 1);
    expect((await reportOverage(db(), stripe)).reported).toBe(1);
    expect(await db().overageReport.findUnique({ where: { requestId: fine } })).not.toMatchObject({
      reportedAt: null,
    });
    await db().overageReport.delete({ where: { requestId: ahead } });
  });

  it("too old for Stripe, or of no customer any more: put aside with the reason, and tried no more", async () => {
    const [late, gone] = [await subscribe(), await subscribe()];
    const old = await use(late, 7, new Date(Date.now() - 36 * DAY));
    const lost = await use(gone, 8);
    await stripe.customers.del(await customerOf(gone));
    await deliver();
    expect(await reportOverage(db(), stripe)).toEqual({ reported: 0, refused: 2 });
    expect(await reportOverage(db(), stripe)).toEqual({ reported: 0, refused: 0 });
    const refusalOf = async (requestId: string) =>
      (await db().overageReport.findUniqueOrThrow({ where: { requestId } })).refusal;
    expect([await refusalOf(old), await refusalOf(lost)]).toEqual(["too_old", "no_customer"]);
    await db().overageReport.deleteMany({ where: { requestId: { in: [old, lost] } } });
  });
});

describe("the invoice", () => {
  it("bills to the cent what was used in its period, with the next period's plan; the receipt says so in words", async () => {
    const who = await subscribe("pro");
    await turn(who, true);
    for (const micros of [1_234_567, 89, 3_339]) await use(who, micros);
    await reportOverage(db(), stripe);
    await renew(who);
    await deliver();
    const [invoice] = await invoicesOf(who);
    // 1,237,995 micro-dollars are 123.7995 cents.
    expect(invoice).toMatchObject({ status: "paid", amount_paid: 2_900 + 124 });
    const [receipt] = mails(who, "Receipt for $30.24");
    expect(receipt?.text).toMatch(/Overage, .+ to .+: \$1\.24/);
    expect(receipt?.text).not.toContain("1237995");
  });

  it("of a period that is over still takes what comes within the hour", async () => {
    const who = await subscribe("pro");
    await turn(who, true);
    await use(who, 2_000_000);
    const end = await endOfPeriod(who);
    standIn.advance({ to: end });
    // Its report was sent late: what counts is when it was used.
    const { ahead } = standIn.state;
    standIn.state.ahead = ahead - 60;
    await reportOverage(db(), stripe);
    standIn.state.ahead = ahead;
    standIn.advance({ to: end + 3_600 });
    expect((await invoicesOf(who))[0]).toMatchObject({ amount_paid: 2_900 + 200 });
  });

  it("a subscription that is canceled still owes what was used, and nothing when nothing was", async () => {
    const [used, not] = [await subscribe("pro"), await subscribe("pro")];
    for (const who of [used, not]) {
      await turn(who, true);
      await cancelSubscription(db(), stripe, org(who));
    }
    await use(used, 5_000_000);
    await reportOverage(db(), stripe);
    for (const who of [used, not]) await renew(who);
    standIn.advance({ days: 1 });
    await deliver();
    expect((await invoicesOf(used))[0]).toMatchObject({ status: "paid", amount_paid: 500 });
    expect((await invoicesOf(not))[0]).toMatchObject({ amount_paid: 0 });
    expect(mails(used, "Receipt for $5.00")).toHaveLength(1);
    expect(mails(not, "Receipt")).toHaveLength(1);
    expect(await getBilling(db(), org(used))).toMatchObject({ plan: "free", status: "canceled" });
  });

  it("whose last payment fails is asked for once by mail", async () => {
    const who = await subscribe("pro", "fails_later");
    await turn(who, true);
    await cancelSubscription(db(), stripe, org(who));
    await use(who, 5_000_000);
    await reportOverage(db(), stripe);
    await renew(who);
    await deliver();
    expect(mails(who, "Your last invoice could not be paid")).toHaveLength(1);
  });
});

describe("comparing", () => {
  const dayBefore = (days: number) => {
    const now = new Date();
    return new Date(
      Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days, 23, 59, 59, 900),
    );
  };
  const later = { clock: { now: () => new Date(Date.now() + 3 * HOUR) } };
  const differencesOf = (who: Buyer) => db().overageDifference.findMany({ where: org(who) });

  it("finds nothing where both say the same", async () => {
    const who = await subscribe();
    await use(who, 300, dayBefore(1));
    await use(who, 200, dayBefore(2));
    await reportOverage(db(), stripe);
    const { organizations } = await compareOverage(db(), stripe, later);
    expect(organizations).toBeGreaterThan(0);
    expect(await differencesOf(who)).toEqual([]);
  });

  it("keeps a difference of a finished day until it is gone, and the metric says so", async () => {
    const who = await subscribe();
    const requestId = await use(who, 300, dayBefore(1));
    await reportOverage(db(), stripe);
    standIn.state.meter_events = standIn.state.meter_events.filter(
      ({ identifier }) => identifier !== toPublicId("inf", requestId),
    );
    await compareOverage(db(), stripe, later);
    expect(await differencesOf(who)).toMatchObject([
      { oursMicros: 300n, stripesMicros: 0n, resolvedAt: null },
    ]);
    expect(await renderMetrics({ db: db(), queue: queue() }, [billingGauges])).toContain(
      "agatha_overage_differences 1",
    );

    await db().overageReport.update({ where: { requestId }, data: { reportedAt: null } });
    await reportOverage(db(), stripe);
    await compareOverage(db(), stripe, later);
    expect(await differencesOf(who)).toMatchObject([{ oursMicros: 300n, stripesMicros: 300n }]);
    expect((await differencesOf(who))[0]?.resolvedAt).not.toBeNull();
  });

  it("does not judge today", async () => {
    const who = await subscribe();
    await use(who, 300, new Date());
    await compareOverage(db(), stripe);
    expect(await differencesOf(who)).toEqual([]);
    await reportOverage(db(), stripe);
  });

  it("one organization that cannot be asked about does not hold up the others", async () => {
    const [broken, fine] = [await subscribe(), await subscribe()];
    await use(broken, 300, dayBefore(1));
    const requestId = await use(fine, 300, dayBefore(1));
    await db().subscription.update({ where: org(broken), data: { stripeCustomerId: "" } });
    await compareOverage(db(), stripe, later);
    expect(await differencesOf(broken)).toEqual([]);
    expect(await differencesOf(fine)).toHaveLength(1);
    await db().overageReport.deleteMany({
      where: { orgId: { in: [broken, fine].map((who) => org(who).orgId) } },
    });
    expect(requestId).toBeDefined();
  });
});
