import { randomUUID } from "node:crypto";
import fc from "fast-check";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startStripe } from "../../../infra/local/stripe/start-stripe";
import { actOnPortal, payOn } from "../../../infra/local/testing/hosted-pages";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { loadUserPrincipal, registerUser, settleMail, verifyAccessToken } from "../accounts";
import { closeDb, db } from "../platform/db";
import { AppError } from "../platform/errors";
import type { UserPrincipal } from "../platform/principal";
import {
  cancelSubscription,
  changePlan,
  createStripe,
  getBilling,
  openCustomerPortal,
  processStripeEvent,
  reconcileBilling,
  resumeSubscription,
  type Stripe,
  setUpStripe,
  startCheckout,
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
  renewal: async () => standIn.advance("renewal"),
  "three days": async () => standIn.advance({ days: 3 }),
};

async function buy(principal: UserPrincipal, plan: "pro" | "plus") {
  const { url } = await startCheckout(db(), stripe, { principal, plan });
  await payOn(url);
}

async function setCard({ orgId }: UserPrincipal, card: "pays" | "fails_later") {
  const { url } = await openCustomerPortal(db(), stripe, { orgId });
  await actOnPortal(url, "card", { card });
}

async function newcomer(): Promise<{ principal: UserPrincipal; email: string }> {
  const email = `ada.${randomUUID()}@example.com`;
  const password = "correct horse battery staple";
  const view = await registerUser(db(), { email, password, name: "Ada", ip: null });
  const claims = await verifyAccessToken(view.access_token);
  await db().user.update({ where: { id: claims.userId }, data: { emailVerifiedAt: new Date() } });
  const principal = await loadUserPrincipal(db(), { kind: "jwt", ...claims });
  if (principal === null) throw new Error("the person just registered is not signed in");
  return { principal, email };
}

const seen = new Set<string>();

/** Each event ten times, in the order the numbers say; those marked are lost altogether. */
async function deliver(order: readonly number[], lost: readonly boolean[]): Promise<void> {
  const fresh: Stripe.Event[] = [];
  for await (const event of stripe.events.list({ limit: 100 })) {
    if (!seen.has(event.id)) fresh.push(event);
    seen.add(event.id);
  }
  const kept = fresh.filter((_, index) => !lost[index % lost.length]);
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

it("whatever happened, however events came: the plan is what Stripe says, with one receipt a payment", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(steps)), { minLength: 3, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 5, maxLength: 20 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 9 }),
      async (history, order, lost) => {
        const { principal, email } = await newcomer();
        for (const name of ["buy pro", ...history]) {
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
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
}, 180_000);
