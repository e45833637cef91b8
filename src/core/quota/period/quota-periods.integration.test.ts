import fc from "fast-check";
import { afterAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import type { Plan } from "../../../shared/plans";
import { plans } from "../../../shared/plans";
import { DAY, HOUR, MINUTE, newId } from "../../platform";
import { createDb, type Prisma } from "../../platform/db/client";
import { getTokenQuota } from "../get-token-quota";
import { changePlanLimits } from "./change-plan-limits";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 5 });
afterAll(() => db.$disconnect());

const start = new Date("2026-11-10T08:30:00Z");
const end = new Date("2026-12-10T08:30:00Z");
const length = end.getTime() - start.getTime();
const into = (ms: number) => new Date(start.getTime() + ms);

type Row = Omit<Prisma.SubscriptionUncheckedCreateInput, "orgId" | "createdAt" | "updatedAt">;

/** An organization with the row that Stripe's answers would have left. */
async function subscribed(row: Row): Promise<string> {
  const orgId = newId();
  await db.organization.create({
    data: { id: orgId, nameCipher: Buffer.alloc(1), createdAt: start, updatedAt: start },
  });
  await db.subscription.create({ data: { orgId, createdAt: start, updatedAt: start, ...row } });
  return orgId;
}

const bought = (plan: Plan, more: Row = {}): Row => ({
  plan,
  stripeSubscriptionId: `sub_${newId()}`,
  currentPeriodStart: start,
  currentPeriodEnd: end,
  ...more,
});

const change = (orgId: string, at: Date, data: Prisma.SubscriptionUncheckedUpdateInput, agreed = false) =>
  db.$transaction((tx) =>
    changePlanLimits(tx, { orgId, at, override: agreed }, () =>
      tx.subscription.update({ where: { orgId }, data }),
    ),
  );

const quota = (orgId: string, at: Date) => getTokenQuota(db, { orgId, plan: "free", at });

describe("tokens", () => {
  test("follow the subscription's own period, and the UTC month without one", async () => {
    const pro = await subscribed(bought("pro"));
    expect(await quota(pro, into(25 * DAY))).toMatchObject({
      limit: 1_000_000,
      startsAt: start,
      resetsAt: end,
    });
    const free = await subscribed({});
    expect(await quota(free, start)).toMatchObject({
      limit: 100_000,
      startsAt: new Date("2026-11-01T00:00:00Z"),
      resetsAt: new Date("2026-12-01T00:00:00Z"),
    });
  });

  test("are there in full on the day of payment, however late in the month", async () => {
    const orgId = await subscribed({});
    await change(orgId, start, bought("plus"));
    expect(await quota(orgId, start)).toMatchObject({ limit: 10_000_000, used: 0, resetsAt: end });
  });

  test("of a plan bought ten minutes before the period's end are ten minutes' worth", async () => {
    const orgId = await subscribed(bought("pro"));
    await change(orgId, new Date(end.getTime() - 10 * MINUTE), { plan: "plus" });
    const { limit } = await quota(orgId, new Date(end.getTime() - 5 * MINUTE));
    expect(limit).toBeGreaterThan(1_000_000);
    expect(limit).toBeLessThan(1_003_000);
    // The next period is Plus from its start.
    expect(await quota(orgId, end)).toMatchObject({ limit: 10_000_000, used: 0, startsAt: end });
  });

  test("of an agreement hold for the whole period, and its end gives the share that it had", async () => {
    const orgId = await subscribed(bought("pro"));
    await change(orgId, into(length / 2), { plan: "plus", customMonthlyTokens: 4_000_000n }, true);
    expect(await quota(orgId, into(length / 2))).toMatchObject({ limit: 4_000_000 });
    await change(orgId, into((3 * length) / 4), { plan: "pro", customMonthlyTokens: null });
    expect(await quota(orgId, into((3 * length) / 4))).toMatchObject({ limit: 3_250_000 });
  });

  test("used while there was no limit do not count against the plan that follows", async () => {
    const orgId = await subscribed(bought("enterprise"));
    await db.quotaCounter.create({
      data: { orgId, startsAt: start, usedTokens: 70_000_000n, reservedTokens: 5n, updatedAt: start },
    });
    expect(await quota(orgId, start)).toMatchObject({ limit: null });
    await change(orgId, into(length / 2), { plan: "pro" });
    expect(await quota(orgId, into(length / 2))).toMatchObject({ limit: 70_500_005, remaining: 500_000 });
  });

  test("of a grace period that ended, and of a later payment, are shares of one period", async () => {
    const orgId = await subscribed(bought("pro", { status: "past_due" }));
    await change(orgId, into(length / 4), { plan: "free" });
    expect(await quota(orgId, into(length / 4))).toMatchObject({ limit: 250_000 + 75_000, resetsAt: end });
    await change(orgId, into(length / 2), { plan: "pro", status: "active" });
    expect(await quota(orgId, into(length / 2))).toMatchObject({ limit: 250_000 + 25_000 + 500_000 });
  });

  test("after a subscription's end are the rest of the UTC month's", async () => {
    const orgId = await subscribed(bought("pro"));
    const ended = new Date("2026-11-16T00:00:00Z");
    await change(orgId, ended, {
      plan: "free",
      stripeSubscriptionId: null,
      currentPeriodStart: null,
      currentPeriodEnd: null,
    });
    expect(await quota(orgId, ended)).toMatchObject({
      limit: 50_000,
      resetsAt: new Date("2026-12-01T00:00:00Z"),
    });
    expect(await quota(orgId, new Date("2026-12-01T00:00:00Z"))).toMatchObject({ limit: 100_000 });
  });
});

describe("a period that is over while Stripe has not said more", () => {
  const late = new Date(end.getTime() + 2 * HOUR);

  test("is followed by the next, which the late word finds with what was used in it", async () => {
    const orgId = await subscribed(bought("pro"));
    expect(await quota(orgId, late)).toMatchObject({ limit: 1_000_000, used: 0, startsAt: end });
    await db.quotaCounter.create({ data: { orgId, startsAt: end, usedTokens: 300n, updatedAt: late } });
    await change(orgId, late, {
      currentPeriodStart: end,
      currentPeriodEnd: new Date("2027-01-10T08:30:00Z"),
    });
    expect(await quota(orgId, late)).toMatchObject({ limit: 1_000_000, used: 300, startsAt: end });
  });

  test("brings one period and never a second", async () => {
    const orgId = await subscribed(bought("pro"));
    const first = await quota(orgId, late);
    const much = await quota(orgId, new Date("2027-03-01T00:00:00Z"));
    expect(much.startsAt).toEqual(first.startsAt);
  });

  test("gives the smaller plan that was to begin, and Free where it was to end", async () => {
    const smaller = await subscribed(bought("plus", { pendingPlan: "pro" }));
    expect(await quota(smaller, new Date(end.getTime() - 1))).toMatchObject({ limit: 10_000_000 });
    expect(await quota(smaller, late)).toMatchObject({ limit: 1_000_000, startsAt: end });
    const ended = await subscribed(bought("plus", { pendingPlan: "free", cancelAtPeriodEnd: true }));
    const { limit, startsAt } = await quota(ended, late);
    expect(startsAt).toEqual(new Date("2026-12-01T00:00:00Z"));
    expect(limit).toBeLessThan(100_000 * 0.71);
  });

  test("and in which more was bought before we heard of it gives each plan its share", async () => {
    const orgId = await subscribed(bought("pro"));
    const nextEnd = new Date("2027-01-10T08:30:00Z");
    const half = new Date((end.getTime() + nextEnd.getTime()) / 2);
    await change(orgId, half, { plan: "plus", currentPeriodStart: end, currentPeriodEnd: nextEnd });
    expect(await quota(orgId, half)).toMatchObject({ limit: 500_000 + 5_000_000 });
  });
});

test("however a plan changes within a period, the limit is the sum of each plan's share, and grows by no purchase beyond it", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom<Plan>("free", "pro", "plus"),
      fc.array(
        fc.tuple(fc.double({ min: 0, max: 1, noNaN: true }), fc.constantFrom<Plan>("free", "pro", "plus")),
        {
          maxLength: 6,
        },
      ),
      async (first, changes) => {
        const orgId = await subscribed(bought(first));
        const sorted = changes
          .map(([share, plan]) => ({ at: into(Math.floor(share * (length - 1))), plan }))
          .sort((a, b) => a.at.getTime() - b.at.getTime());
        let [plan, since, sum] = [first, start, 0];
        for (const next of sorted) {
          await change(orgId, next.at, { plan: next.plan });
          sum += ((plans[plan].tokensPerMonth ?? 0) * (next.at.getTime() - since.getTime())) / length;
          [plan, since] = [next.plan, next.at];
        }
        sum += ((plans[plan].tokensPerMonth ?? 0) * (end.getTime() - since.getTime())) / length;
        const { limit } = await quota(orgId, since);
        // Each change rounds down by less than a token, twice.
        expect(limit).toBeLessThanOrEqual(Math.ceil(sum));
        expect(limit).toBeGreaterThanOrEqual(Math.floor(sum) - 2 * sorted.length - 1);
      },
    ),
    { numRuns: 40 },
  );
}, 120_000);
