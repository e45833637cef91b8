import type { Db } from "../platform/db";
import { getBilling } from "./get-billing";
import { findLiveSubscription, type LiveSubscription, releaseSchedule } from "./live-subscription";
import { underBillingLock } from "./lock-billing";
import type { PaidPlan } from "./paid-plans";
import { paymentRefused } from "./payment-refused";
import { kindOfChange, prorationSeconds } from "./plan-change";
import { findPrice } from "./prices";
import type { BillingView } from "./schemas";
import type { Stripe } from "./stripe-client";
import { writeTruth } from "./sync-subscription";

interface Change {
  orgId: string;
  plan: PaidPlan;
  /** `priced_at` of the preview that was agreed to. */
  pricedAt?: Date | undefined;
}

/**
 * Moves a subscription to another plan. More: at once, the difference invoiced and paid now, or nothing changes. Less:
 * at the period's end. The same: whatever was planned for the period's end is let go.
 * @throws AppError `conflict`; `payment_failed` when the card refuses the difference.
 */
export async function changePlan(db: Db, stripe: Stripe, change: Change): Promise<BillingView> {
  await underBillingLock(db, change.orgId, async (tx) => {
    const live = await findLiveSubscription(tx, stripe, change.orgId);
    const kind = kindOfChange(live, change.plan);
    await releaseSchedule(stripe, live.subscription);
    if (live.subscription.cancel_at_period_end) {
      await stripe.subscriptions.update(live.subscription.id, { cancel_at_period_end: false });
    }
    try {
      if (kind === "upgrade") await upgrade(stripe, live, change);
      if (kind === "downgrade") await downgrade(stripe, live, change.plan);
    } finally {
      // Also when the card refused: a planned change may have been let go before.
      await writeTruth(tx, stripe, { orgId: change.orgId, customerId: live.customerId });
    }
  });
  return getBilling(db, { orgId: change.orgId });
}

async function upgrade(stripe: Stripe, live: LiveSubscription, { plan, pricedAt }: Change): Promise<void> {
  const price = await findPrice(stripe, plan);
  try {
    await stripe.subscriptions.update(live.subscription.id, {
      items: [{ id: live.item.id, price }],
      proration_behavior: "always_invoice",
      proration_date: prorationSeconds(live, pricedAt),
      // Paid or not done: nobody gets a plan on credit, and nobody owes for one they were refused.
      payment_behavior: "error_if_incomplete",
    });
  } catch (error) {
    throw paymentRefused(error);
  }
}

async function downgrade(stripe: Stripe, { subscription, item }: LiveSubscription, plan: PaidPlan) {
  const price = await findPrice(stripe, plan);
  const schedule = await stripe.subscriptionSchedules.create({ from_subscription: subscription.id });
  const start = schedule.current_phase?.start_date ?? item.current_period_start;
  await stripe.subscriptionSchedules.update(schedule.id, {
    end_behavior: "release",
    proration_behavior: "none",
    phases: [
      {
        items: [{ price: item.price.id, quantity: 1 }],
        start_date: start,
        end_date: item.current_period_end,
      },
      {
        items: [{ price, quantity: 1 }],
        start_date: item.current_period_end,
        duration: { interval: "month", interval_count: 1 },
        metadata: { plan },
      },
    ],
  });
}
