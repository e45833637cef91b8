import type { Db } from "../platform/db";
import type { AppError } from "../platform/errors";
import { getBilling } from "./get-billing";
import { findLiveSubscription, type LiveSubscription, releaseSchedule } from "./live-subscription";
import { underBillingLock } from "./lock-billing";
import type { PaidPlan } from "./paid-plans";
import { paymentRefused } from "./payment-refused";
import { kindOfChange, prorationSeconds } from "./plan-change";
import { findPrice } from "./prices";
import { phasesOf } from "./schedule-phases";
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
  const refused = await underBillingLock(db, change.orgId, async (tx) => {
    const live = await findLiveSubscription(tx, stripe, change.orgId);
    const kind = kindOfChange(live, change.plan);
    await releaseSchedule(stripe, live.subscription);
    if (live.subscription.cancel_at_period_end) {
      await stripe.subscriptions.update(live.subscription.id, { cancel_at_period_end: false });
    }
    const refused = kind === "upgrade" ? await upgrade(stripe, live, change) : undefined;
    if (kind === "downgrade") await downgrade(stripe, live, change.plan);
    // Also when the card refused: a planned change may have been let go before.
    await writeTruth(tx, stripe, { orgId: change.orgId, customerId: live.customerId });
    return refused;
  });
  // Thrown within, it would take back what was written of what Stripe says now.
  if (refused !== undefined) throw refused;
  return getBilling(db, { orgId: change.orgId });
}

/** The card's refusal, if that is what came. Items it does not name stay as they are. */
async function upgrade(
  stripe: Stripe,
  live: LiveSubscription,
  { plan, pricedAt }: Change,
): Promise<AppError | undefined> {
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
    return paymentRefused(error);
  }
  return undefined;
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
        // The plan's price alone is another one: what is metered stays metered.
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
