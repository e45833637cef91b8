import { describe, expect, it } from "vitest";
import { after } from "../../../../infra/testing/clock";
import type { Buyer } from "../../../../infra/testing/stripe/buyers";
import { DAY, HOUR, MINUTE, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { renderMetrics } from "../../platform/observability/metrics-export/render-metrics";
import { queue } from "../../platform/queue/queue";
import { compareOverage, createStripe, reportOverage } from "..";
import { billingGauges } from "../metrics";
import { customerOf, deliver, org, standIn, stripe, subscribe, turn, use } from "./testing/overage";

describe("reporting overage", () => {
  it("sends each use once, under its request's id, at its time, in micro-dollars", async () => {
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

  it("a report sent by a process that died before recording it is sent again and counted once", async () => {
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

  it("two runs at the same time send each use once", async () => {
    const buyers = [await subscribe(), await subscribe(), await subscribe()];
    for (const who of buyers) for (let index = 0; index < 60; index++) await use(who, 10);
    await Promise.all([reportOverage(db(), stripe), reportOverage(db(), stripe)]);
    for (const who of buyers) {
      const customer = await customerOf(who);
      expect(standIn.state.meter_events.filter((event) => event.customer === customer)).toHaveLength(60);
    }
    expect(await db().overageReport.count({ where: { reportedAt: null, refusedAt: null } })).toBe(0);
  });

  it("while Stripe is unreachable no report is lost", async () => {
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

  it("a report that Stripe refuses delays its own organization alone", async () => {
    const [early, other] = [await subscribe(), await subscribe()];
    const ahead = await use(early, 1, new Date(Date.now() + 10 * MINUTE));
    const fine = await use(other, 1);
    expect((await reportOverage(db(), stripe)).reported).toBe(1);
    expect(await db().overageReport.findUnique({ where: { requestId: fine } })).not.toMatchObject({
      reportedAt: null,
    });
    await db().overageReport.delete({ where: { requestId: ahead } });
  });

  it("a report too old for Stripe, or without a customer, is set aside with the reason and not retried", async () => {
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

describe("comparing overage with Stripe", () => {
  const dayBefore = (days: number) => {
    const now = new Date();
    return new Date(
      Date.UTC(now.getUTCFullYear(), now.getUTCMonth(), now.getUTCDate() - days, 23, 59, 59, 900),
    );
  };
  const later = { clock: after(3 * HOUR) };
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
