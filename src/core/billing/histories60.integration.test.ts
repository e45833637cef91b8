import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { usagePeriods } from "../../../infra/local/stripe/billing";
import { usageWithin } from "../../../infra/local/stripe/metered";
import { startStripe } from "../../../infra/local/stripe/start-stripe";
import { eventCourier, makeBuyer } from "../../../infra/local/testing/buyers";
import { actOnPortal, payOn } from "../../../infra/local/testing/hosted-pages";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { settleMail } from "../accounts";
import { closeDb, db } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import type { UserPrincipal } from "../platform/principal";
import {
  cancelSubscription,
  changePlan,
  createStripe,
  getBilling,
  getSpending,
  openCustomerPortal,
  processStripeEvent,
  reconcileBilling,
  reportOverage,
  resumeSubscription,
  setOverage,
  setUpStripe,
  startCheckout,
  syncSubscription,
} from ".";

const standIn = await startStripe({ port: 0 });
const stack = await useTestStack({ STRIPE_SECRET_KEY: "sk_test_local", STRIPE_API_BASE: standIn.url });
const stripe = createStripe({ secretKey: "sk_test_local", apiBase: standIn.url });

beforeAll(async () => {
  await setUpStripe(stripe, { appUrl: "http://localhost:3000" });
  standIn.deliveries.outage = true;
});
afterAll(async () => {
  await settleMail();
  await closeDb();
  await standIn.stop();
});

const { fresh } = eventCourier(stripe);

type Step = (who: UserPrincipal) => Promise<unknown>;

const steps: Record<string, Step> = {
  "buy pro": (who) => buy(who, "pro"),
  "buy plus": (who) => buy(who, "plus"),
  "go to pro": ({ orgId }) => changePlan(db(), stripe, { orgId, plan: "pro" }),
  "go to plus": ({ orgId }) => changePlan(db(), stripe, { orgId, plan: "plus" }),
  cancel: ({ orgId }) => cancelSubscription(db(), stripe, { orgId }),
  resume: ({ orgId }) => resumeSubscription(db(), stripe, { orgId }),
  "card that fails later": (who) => setCard(who, "fails_later"),
  "card that pays": (who) => setCard(who, "pays"),
  "overage on": (principal) => setOverage(db(), stripe, { principal, on: true }),
  "overage off": (principal) => setOverage(db(), stripe, { principal, on: false }),
  "go past the quota": goPast,
  renewal: async () => standIn.advance("renewal"),
  "three days": async () => standIn.advance({ days: 3 }),
};

/** Most steps close the way for overage: without these few histories would use any. */
const often = ["overage on", "go past the quota", "go past the quota", "go past the quota"];

async function buy(principal: UserPrincipal, plan: "pro" | "plus") {
  const { url } = await startCheckout(db(), stripe, { principal, plan });
  await payOn(url);
}

async function setCard({ orgId }: UserPrincipal, card: "pays" | "fails_later") {
  const { url } = await openCustomerPortal(db(), stripe, { orgId });
  await actOnPortal(url, "card", { card });
}

/** What settlement would leave where overage holds, reported as it is within the minute. */
async function goPast({ orgId }: UserPrincipal): Promise<void> {
  const { stripeCustomerId } = await db().subscription.findUniqueOrThrow({ where: { orgId } });
  await syncSubscription(db(), stripe, stripeCustomerId ?? "");
  if ((await getSpending(db(), { orgId })).overage.state !== "on") return;
  const micros = 1_234_567n;
  await db().overageReport.create({ data: { requestId: newId(), orgId, micros, usedAt: new Date() } });
  await reportOverage(db(), stripe);
}

/** Each event ten times, in the order the numbers say; those marked are lost altogether. */
async function deliver(order: readonly number[], lost: readonly boolean[]): Promise<void> {
  const kept = (await fresh()).filter((_, index) => !lost[index % lost.length]);
  const copies = Array.from({ length: 10 }, () => kept).flat();
  const shuffled = copies
    .map((event, index) => ({ event, at: (order[index % order.length] ?? 0) * ((index * 7_919) % 104_729) }))
    .sort((a, b) => a.at - b.at);
  for (let start = 0; start < shuffled.length; start += 5) {
    const some = shuffled.slice(start, start + 5);
    await Promise.all(some.map(({ event }) => processStripeEvent(db(), stripe, event)));
  }
}

/** What Stripe's own books say, without any of the code under test. */
function owed(customer: string) {
  const alive = Object.values(standIn.state.subscriptions).filter(
    (one) => one.customer === customer && (one.status === "active" || one.status === "past_due"),
  );
  expect(alive.length, "subscriptions alive at once").toBeLessThanOrEqual(1);
  const price = alive[0]?.items.data[0]?.price;
  const paid = Object.values(standIn.state.invoices).filter(
    (invoice) => invoice.customer === customer && invoice.status === "paid" && invoice.amount_paid > 0,
  );
  return {
    // The stand-in's clock is never behind ours: whoever is past due there is within grace here.
    plan: price === undefined ? "free" : (standIn.state.prices[price]?.metadata.plan ?? "free"),
    receipts: paid.length,
  };
}

/** All that was ever invoiced of overage, in units of the meter, drafts and the running period included. */
function metered(customer: string): number {
  const { invoices, subscriptions } = standIn.state;
  const closed = Object.values(invoices)
    .filter((invoice) => invoice.customer === customer)
    .flatMap(({ lines }) => lines.data)
    .filter(({ pricing }) => pricing.price_details.product === "agatha_overage");
  for (const line of closed) expect(line.amount).toBe(Math.round(line.quantity / 10_000));
  const running = Object.values(subscriptions)
    .filter((one) => one.customer === customer && one.status !== "canceled")
    .flatMap((one) => usagePeriods(standIn.world, one));
  const drafts = Object.values(invoices)
    .filter((invoice) => invoice.customer === customer && invoice.status === "draft")
    .flatMap(({ id }) => standIn.state.draft_usage[id] ?? []);
  const open = [...running, ...drafts].map((period) => usageWithin(standIn.world, customer, period));
  return [...closed.map(({ quantity }) => quantity), ...open].reduce((sum, part) => sum + part, 0);
}

it("whatever happened, however events came: the plan is what Stripe says, with one receipt a payment, and what was used is invoiced once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(steps), ...often), { minLength: 3, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 5, maxLength: 20 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 9 }),
      async (history, order, lost) => {
        const { principal, email } = await makeBuyer();
        for (const name of ["buy pro", "overage on", ...history]) {
          await steps[name]?.(principal).catch((error: unknown) => {
            if (!(error instanceof AppError) || error.status >= 500) throw error;
          });
        }
        await deliver(order, lost);
        await reconcileBilling(db(), stripe);
        const { orgId } = principal;
        const row = await db().subscription.findUniqueOrThrow({ where: { orgId } });
        const { plan, receipts } = owed(row.stripeCustomerId ?? "");
        expect((await getBilling(db(), { orgId })).plan).toBe(plan);
        const mails = stack.mailbox.messagesTo(email).filter(({ subject }) => subject.startsWith("Receipt"));
        expect(mails).toHaveLength(receipts);

        const used = await db().overageReport.aggregate({ where: { orgId }, _sum: { micros: true } });
        console.log("METERED", Number(used._sum.micros ?? 0n)); expect(metered(row.stripeCustomerId ?? "")).toBe(Number(used._sum.micros ?? 0n));
      },
    ),
    { numRuns: 80, endOnFailure: true },
  );
}, 900_000);
