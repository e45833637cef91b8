import Stripe from "stripe";
import { type Clock, type Db, systemClock, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { CURRENCY } from "../prices/plan-prices";
import { overrideIdOf } from "../prices/subscription-items";
import { type BillingLease, withBillingLease } from "../stripe/billing-lease";
import { ensureCustomer, findCustomerId } from "../stripe/customer";
import { expireCheckoutSessions } from "../stripe/expire-checkout-sessions";
import { isUnknownCustomer } from "../stripe/stripe-errors";
import type { PlanOverride } from "./override-in-force";

const PRODUCT = { id: "agatha_agreement", name: "Enterprise", metadata: { app: "agathaai" } };
const DAYS_UNTIL_DUE = 30;

/**
 * Overrides that Stripe does not reflect yet: a price without a subscription, a subscription that goes on after the
 * end, or checkout pages that were open when the override began.
 */
const unsettled = {
  OR: [
    {
      priceCents: { not: null },
      stripeEndedAt: null,
      OR: [{ endedAt: { not: null } }, { stripeSubscriptionId: null }],
    },
    { endedAt: null, pagesClosedAt: null },
  ],
};

/**
 * Makes Stripe bill overrides, and stop billing those that have ended. The rows are the outbox: a call that was lost is
 * repeated by the next run under the same idempotency key, so nobody is billed twice.
 */
export async function syncOverrideBilling(
  db: Db,
  stripe: Stripe,
  { orgId, clock = systemClock }: { orgId?: string; clock?: Clock } = {},
): Promise<number> {
  const due = await db.planOverride.findMany({
    where: { ...unsettled, ...(orgId !== undefined && { orgId }) },
    select: { id: true, orgId: true },
  });
  let settled = 0;
  for (const { id, orgId } of due) {
    try {
      await withBillingLease(db, orgId, (lease) => settle(db, stripe, lease, id, clock));
      settled += 1;
    } catch (error) {
      log().error({ err: error, org_id: orgId }, "an agreed price could not be settled with Stripe yet");
    }
  }
  return settled;
}

async function settle(db: Db, stripe: Stripe, lease: BillingLease, id: string, clock: Clock): Promise<void> {
  const override = await db.planOverride.findFirst({
    where: { id, ...unsettled },
    include: { organization: { select: { deletedAt: true } } },
  });
  if (override === null) return;
  const deleted = override.organization.deletedAt !== null;
  if (override.endedAt !== null) {
    await stopBilling(db, stripe, { ...override, deleted });
    await db.planOverride.update({ where: { id }, data: { stripeEndedAt: clock.now() } });
    return;
  }
  if (override.pagesClosedAt === null) {
    // A customer who finished that checkout would pay for a plan in addition to the override.
    const customer = await findCustomerId(db, override.orgId);
    if (customer !== undefined) await expireCheckoutSessions(stripe, customer);
    await db.planOverride.update({ where: { id }, data: { pagesClosedAt: clock.now() } });
  }
  if (override.priceCents === null || override.stripeSubscriptionId !== null || deleted) return;
  const stripeSubscriptionId = await startBilling(db, stripe, lease, override);
  if (stripeSubscriptionId === null) return;
  await db.planOverride.update({ where: { id }, data: { stripeSubscriptionId } });
}

/** Starts a subscription invoiced by email and due in thirty days. Null while the organization has no owner. */
async function startBilling(
  db: Db,
  stripe: Stripe,
  lease: BillingLease,
  { id, orgId, plan, priceCents }: PlanOverride,
): Promise<string | null> {
  const owner = await db.membership.findFirst({
    where: { orgId, role: "owner", user: { deletedAt: null } },
    orderBy: { createdAt: "asc" },
    select: { userId: true },
  });
  if (owner === null || priceCents === null) return null;
  const customer = await ensureCustomer(db, stripe, lease, { userId: owner.userId });
  const metadata = { org_id: toPublicId("org", orgId), agreement: toPublicId("ovr", id), plan };
  await stripe.products.create(PRODUCT).catch(unlessThere);
  const price = await stripe.prices.create(
    {
      product: PRODUCT.id,
      currency: CURRENCY,
      unit_amount: priceCents,
      recurring: { interval: "month" },
      metadata,
    },
    { idempotencyKey: `agreement-price-${id}` },
  );
  const subscription = await stripe.subscriptions.create(
    {
      customer,
      items: [{ price: price.id, quantity: 1 }],
      collection_method: "send_invoice",
      days_until_due: DAYS_UNTIL_DUE,
      metadata,
    },
    { idempotencyKey: `agreement-${id}` },
  );
  return subscription.id;
}

function unlessThere(error: unknown): void {
  if (error instanceof Stripe.errors.StripeError && error.code === "resource_already_exists") return;
  throw error;
}

/**
 * Ends the override's subscription at the end of the invoiced month, or at once when the organization is gone. It is
 * found by metadata, so one whose creation was never recorded ends as well.
 */
async function stopBilling(
  db: Db,
  stripe: Stripe,
  { id, orgId, deleted }: PlanOverride & { deleted: boolean },
): Promise<void> {
  const customer = await findCustomerId(db, orgId);
  if (customer === undefined) return;
  const subscriptions = await listLiving(stripe, customer);
  for (const subscription of subscriptions) {
    if (overrideIdOf(subscription) !== toPublicId("ovr", id)) continue;
    if (deleted) await stripe.subscriptions.cancel(subscription.id);
    else if (subscription.cancel_at === null && !subscription.cancel_at_period_end) {
      await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    }
  }
}

async function listLiving(stripe: Stripe, customer: string): Promise<Stripe.Subscription[]> {
  try {
    return (await stripe.subscriptions.list({ customer, limit: 100 })).data;
  } catch (error) {
    if (isUnknownCustomer(error)) return [];
    throw error;
  }
}
