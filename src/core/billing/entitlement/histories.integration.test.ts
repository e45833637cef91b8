import fc from "fast-check";
import { expect, it } from "vitest";
import { usagePeriods } from "../../../../infra/stand-ins/stripe/billing";
import { markUncollectible, voidInvoice } from "../../../../infra/stand-ins/stripe/invoices/invoice-life";
import { usageWithin } from "../../../../infra/stand-ins/stripe/invoices/metered";
import { closeDispute, openDispute, refund } from "../../../../infra/stand-ins/stripe/money/give-back";
import type { Charge, Dispute, Invoice } from "../../../../infra/stand-ins/stripe/objects/objects";
import { makeBuyer } from "../../../../infra/testing/stripe/buyers";
import { actOnPortal, payOn } from "../../../../infra/testing/stripe/hosted-pages";
import { useStripeStack } from "../../../../infra/testing/stripe/use-stripe-stack";
import { AppError, newId, type UserPrincipal } from "../../platform";
import { db } from "../../platform/db/client";
import {
  cancelSubscription,
  changePlan,
  getBilling,
  getSpending,
  openCustomerPortal,
  processStripeEvent,
  reconcileBilling,
  reportOverage,
  resumeSubscription,
  setOverage,
  startCheckout,
  syncSubscription,
} from "..";

const { standIn, stack, stripe, fresh } = await useStripeStack();

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
  "cancel on Stripe's page": (who) => onPortal(who, "cancel"),
  "resume on Stripe's page": (who) => onPortal(who, "resume"),
  "card whose bank asks": (who) => setCard(who, "confirms"),
  "answer the bank": (who) =>
    eachInvoice(who, "open", ({ hosted_invoice_url }) => answerBank(hosted_invoice_url)),
  "refuse the bank": (who) =>
    eachInvoice(who, "open", ({ hosted_invoice_url }) => answerBank(hosted_invoice_url, "no")),
  "debts are written off": (who) =>
    eachInvoice(who, "open", async (invoice) => markUncollectible(standIn.world, invoice)),
  "debts are forgiven": (who) =>
    eachInvoice(who, "open", async (invoice) => voidInvoice(standIn.world, invoice)),
  "debts are paid by transfer": async (who) => {
    for (const status of ["open", "uncollectible"]) {
      await eachInvoice(who, status, ({ id }) => stripe.invoices.pay(id, { paid_out_of_band: true }));
    }
  },
  "half an hour": async () => standIn.advance({ days: 1 / 48 }),
  "the newest payment is refunded": (who) => lastCharge(who, (charge) => refund(standIn.world, charge)),
  "a part is refunded": (who) => lastCharge(who, (charge) => refund(standIn.world, charge, { amount: 100 })),
  "the newest payment is disputed": (who) => lastCharge(who, (charge) => openDispute(standIn.world, charge)),
  "disputes are won": (who) => eachDispute(who, (dispute) => closeDispute(standIn.world, dispute, "won")),
  "disputes are lost": (who) => eachDispute(who, (dispute) => closeDispute(standIn.world, dispute, "lost")),
  "the customer is deleted": async (who) => {
    const customer = await customerOf(who);
    if (customer !== "") await stripe.customers.del(customer).catch(() => undefined);
  },
};

async function customerOf({ orgId }: UserPrincipal): Promise<string> {
  return (await db().subscription.findUnique({ where: { orgId } }))?.stripeCustomerId ?? "";
}

async function onPortal(who: UserPrincipal, action: "cancel" | "resume"): Promise<void> {
  const { url } = await openCustomerPortal(db(), stripe, who);
  const customer = await customerOf(who);
  const alive = Object.values(standIn.state.subscriptions).findLast(
    (one) => one.customer === customer && one.status !== "canceled",
  );
  if (alive !== undefined) await actOnPortal(url, action, { subscription: alive.id });
}

async function eachInvoice(who: UserPrincipal, status: string, act: (invoice: Invoice) => Promise<unknown>) {
  const customer = await customerOf(who);
  const found = Object.values(standIn.state.invoices).filter(
    (invoice) => invoice.customer === customer && invoice.status === status,
  );
  for (const invoice of found) await act(invoice);
}

async function answerBank(url: string | null, confirmed: "yes" | "no" = "yes"): Promise<void> {
  await fetch(`${url}/confirm`, {
    method: "POST",
    body: new URLSearchParams({ confirmed }),
    redirect: "manual",
  });
}

async function lastCharge(who: UserPrincipal, act: (charge: Charge) => unknown): Promise<void> {
  const customer = await customerOf(who);
  const charge = Object.values(standIn.state.charges).findLast(
    (one) => one.customer === customer && one.paid && !one.refunded && !one.disputed,
  );
  if (charge !== undefined) act(charge);
}

async function eachDispute(who: UserPrincipal, act: (dispute: Dispute) => void): Promise<void> {
  const customer = await customerOf(who);
  for (const dispute of Object.values(standIn.state.disputes)) {
    if (standIn.state.charges[dispute.charge]?.customer !== customer) continue;
    if (dispute.status === "needs_response") act(dispute);
  }
}

/** Most steps close the way for overage: without these few histories would use any. */
const often = ["overage on", "go past the quota", "go past the quota", "go past the quota"];

const loses: ReadonlySet<string> = new Set(["the customer is deleted"]);

async function buy(principal: UserPrincipal, plan: "pro" | "plus") {
  const { url } = await startCheckout(db(), stripe, { principal, plan });
  await payOn(url);
}

async function setCard({ orgId }: UserPrincipal, card: "pays" | "fails_later" | "confirms") {
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

/** What Stripe's own books say of every customer an organization had, without any of the code under test. */
function owed(customers: ReadonlySet<string>, customer: string | null) {
  const { subscriptions, prices, invoices, charges, disputes, invoice_payments } = standIn.state;
  const alive = Object.values(subscriptions).filter(
    (one) => customers.has(one.customer) && (one.status === "active" || one.status === "past_due"),
  );
  expect(alive.length, "subscriptions alive at once").toBeLessThanOrEqual(1);
  const [current] = alive;
  const lost = Object.values(charges).some((charge) => {
    const disputed = Object.values(disputes).some((one) => one.charge === charge.id && one.status !== "won");
    if (!charge.refunded && !disputed) return false;
    const payment = Object.values(invoice_payments).find(
      (one) => one.payment.payment_intent === charge.payment_intent,
    );
    const invoice = invoices[payment?.invoice ?? ""];
    if (invoice?.parent.subscription_details.subscription !== current?.id) return false;
    // By our clock, as the plan is decided.
    return (invoice?.lines.data ?? []).some(({ period }) => period.end > Date.now() / 1_000);
  });
  const price = current?.items.data[0]?.price;
  const paid = Object.values(invoices).filter(
    (invoice) => customers.has(invoice.customer) && invoice.status === "paid" && invoice.amount_paid > 0,
  );
  return {
    // The stand-in's clock is never behind ours, so a subscription past due there is within its grace period here.
    plan: price === undefined || lost ? "free" : (prices[price]?.metadata.plan ?? "free"),
    subscribed: current !== undefined,
    /** Only organizations that still exist: no email is sent for a deleted one. */
    receipts: paid.filter((invoice) => invoice.customer === customer).length,
    allReceipts: paid.length,
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

it("in every order of events the plan is the Stripe state's, each payment has one receipt, and usage is invoiced once", async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.constantFrom(...Object.keys(steps), ...often), { minLength: 3, maxLength: 12 }),
      fc.array(fc.integer({ min: 1, max: 1_000 }), { minLength: 5, maxLength: 20 }),
      fc.array(fc.boolean(), { minLength: 3, maxLength: 9 }),
      async (history, order, lost) => {
        const { principal, email } = await makeBuyer();
        const customers = new Set<string>();
        for (const name of ["buy pro", "overage on", ...history]) {
          await steps[name]?.(principal).catch((error: unknown) => {
            if (!(error instanceof AppError) || error.status >= 500) throw error;
          });
          customers.add(await customerOf(principal));
        }
        await deliver(order, lost);
        await reconcileBilling(db(), stripe);
        const { orgId } = principal;
        const customer = await customerOf(principal);
        customers.add(customer);
        const { plan, subscribed, receipts, allReceipts } = owed(customers, customer);
        expect(await getBilling(db(), principal)).toMatchObject({ plan, subscribed });
        const mails = stack.mailbox.messagesTo(email);
        const told = mails.filter(({ subject }) => subject.startsWith("Receipt")).length;
        expect(told).toBeGreaterThanOrEqual(receipts);
        expect(told).toBeLessThanOrEqual(allReceipts);
        const asked = new Set(
          mails
            .filter(({ subject }) => subject.startsWith("Your bank asks"))
            .map(({ text }) => /\/i\/\w+/.exec(text)?.[0]),
        );
        expect(mails.filter(({ subject }) => subject.startsWith("Your bank asks"))).toHaveLength(asked.size);

        // The usage of a deleted customer, and the amounts of invoices that were written off, are lost.
        if (history.some((name) => loses.has(name))) return;
        const used = await db().overageReport.aggregate({ where: { orgId }, _sum: { micros: true } });
        expect(metered(customer)).toBe(Number(used._sum.micros ?? 0n));
      },
    ),
    { numRuns: 12, endOnFailure: true },
  );
}, 600_000);
