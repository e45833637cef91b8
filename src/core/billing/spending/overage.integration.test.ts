import { describe, expect, it } from "vitest";
import { makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { actOnPortal, newestSubscription, payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { db } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  getBilling,
  openCustomerPortal,
  previewPlanChange,
  reportOverage,
  resumeSubscription,
  startCheckout,
  syncSubscription,
} from "..";
import {
  customerOf,
  deliver,
  endOfPeriod,
  invoicesOf,
  mails,
  org,
  pricesOf,
  renew,
  rowOf,
  standIn,
  stateOf,
  stripe,
  subscribe,
  turn,
  use,
} from "./testing/overage";

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
  it("it does not while a payment is due, and does again once it is paid", async () => {
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

  it("it does not with the next subscription, because it was agreed to for the one that ended", async () => {
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

  it("it does not where the item was removed at Stripe, because no invoice would show the usage", async () => {
    const who = await subscribe();
    await turn(who, true);
    newestSubscription(standIn, await customerOf(who)).items.data.pop();
    await syncSubscription(db(), stripe, await customerOf(who));
    expect(await stateOf(who)).toBe("off");
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
