import Stripe from "stripe";
import type { PaidPlan } from "../../../shared/plans";
import { AppError, type Db, systemClock } from "../../platform";
import { refreshFromStripe } from "../entitlement/sync-subscription";
import { hasLostPayment } from "../incidents/incidents";
import { findPrice } from "../prices/plan-prices";
import type { BillingView } from "../schemas";
import { withBillingLease } from "../stripe/billing-lease";
import { getBilling } from "./get-billing";
import {
  findLiveSubscription,
  kindOfChange,
  type LiveSubscription,
  phasesOf,
  prorationSeconds,
  releaseSchedule,
  undoCancellation,
} from "./live-subscription";

interface Change {
  orgId: string;
  plan: PaidPlan;
  /** The `priced_at` of the preview the customer agreed to. */
  pricedAt?: Date | undefined;
}

/**
 * Moves a subscription to another plan. Upgrade: at once; the difference is invoiced and paid now, or nothing changes,
 * scheduled changes included. Downgrade: at the period's end. Same plan: a scheduled change is dropped.
 * @throws AppError `conflict`; `payment_failed` when the card refuses the difference.
 */
export async function changePlan(db: Db, stripe: Stripe, change: Change): Promise<BillingView> {
  await withBillingLease(db, change.orgId, async (lease) => {
    const live = await findLiveSubscription(db, stripe, change.orgId);
    await assertNothingLost(db, { orgId: change.orgId, subscriptionId: live.subscription.id });
    switch (kindOfChange(live, change.plan)) {
      case "upgrade":
        await upgrade(stripe, live, change);
        break;
      case "downgrade":
        await clearPlannedChange(stripe, live);
        await downgrade(stripe, live, change.plan);
        break;
      case "keep":
        await clearPlannedChange(stripe, live);
    }
    await refreshFromStripe(db, stripe, lease, live.customerId);
  });
  return getBilling(db, { orgId: change.orgId });
}

/** After a refund or dispute the plan does not apply, so an upgrade would cost money and give nothing. */
async function assertNothingLost(db: Db, where: { orgId: string; subscriptionId: string }): Promise<void> {
  if (!(await hasLostPayment(db, { ...where, now: systemClock.now() }))) return;
  throw new AppError("conflict", {
    public: "A payment for this period was returned. Email support@agathaai.com to continue.",
  });
}

/**
 * Upgrades now. Items it does not name stay as they are. A cancellation is taken back in the same call as the payment,
 * and a scheduled downgrade is dropped afterwards, so a refused card leaves both as they were. When the bank wants a
 * confirmation, the change waits at Stripe: it happens once the customer confirms, and expires with its invoice within
 * a day. Scheduled changes stay meanwhile.
 */
async function upgrade(stripe: Stripe, live: LiveSubscription, { plan, pricedAt }: Change): Promise<void> {
  const { subscription, item } = live;
  const change = {
    items: [{ id: item.id, price: await findPrice(stripe, plan) }],
    proration_behavior: "always_invoice",
    proration_date: prorationSeconds(live, pricedAt),
  } satisfies Stripe.SubscriptionUpdateParams;
  try {
    await stripe.subscriptions.update(subscription.id, {
      ...change,
      // The upgrade happens only when it is paid: no plan on credit, and no debt for a refused one.
      payment_behavior: "error_if_incomplete",
      ...undoCancellation(subscription),
    });
  } catch (error) {
    if (!asksForConfirmation(error)) throw paymentRefused(error);
    await stripe.subscriptions.update(subscription.id, {
      ...change,
      payment_behavior: "pending_if_incomplete",
    });
    return;
  }
  await releaseSchedule(stripe, subscription);
}

/** Takes back any change scheduled for the period's end. */
async function clearPlannedChange(stripe: Stripe, { subscription }: LiveSubscription): Promise<void> {
  await releaseSchedule(stripe, subscription);
  if (subscription.cancel_at !== null || subscription.cancel_at_period_end) {
    await stripe.subscriptions.update(subscription.id, undoCancellation(subscription));
  }
}

async function downgrade(stripe: Stripe, { subscription, item }: LiveSubscription, plan: PaidPlan) {
  const price = await findPrice(stripe, plan);
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const [current] = phasesOf(schedule);
  if (current === undefined) throw new Error("Stripe made a schedule without a phase");
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: "release",
    proration_behavior: "none",
    phases: [
      { ...current, end_date: item.current_period_end },
      {
        // Only the plan's price changes; metered items stay.
        items: (current.items ?? []).map((sold) =>
          sold.price === item.price.id ? { ...sold, price } : sold,
        ),
        start_date: item.current_period_end,
        duration: { interval: "month", interval_count: 1 },
        metadata: { plan },
        ...(current.discounts === undefined ? {} : { discounts: current.discounts }),
      },
    ],
  });
}

const confirmations: ReadonlySet<string | undefined> = new Set([
  "subscription_payment_intent_requires_action",
  "invoice_payment_intent_requires_action",
  "authentication_required",
]);

/** Whether the bank would pay after the customer confirms. */
export function asksForConfirmation(error: unknown): boolean {
  return error instanceof Stripe.errors.StripeError && confirmations.has(error.code);
}

/** A refused card as an AppError; other errors are rethrown. The bank's reason is passed on to the customer. */
export function paymentRefused(error: unknown): AppError {
  if (!(error instanceof Stripe.errors.StripeError)) throw error;
  if (error.type !== "StripeCardError" && error.statusCode !== 402) throw error;
  return new AppError("payment_failed", {
    public:
      "The card was declined. Use another card under “Manage payment”, then try again. Your plan has not changed.",
    internal: `Stripe refused: ${error.code ?? error.type}`,
  });
}
