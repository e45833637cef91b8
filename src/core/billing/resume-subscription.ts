import type { Db } from "../platform/db";
import { getBilling } from "./get-billing";
import { findLiveSubscription, releaseSchedule } from "./live-subscription";
import { underBillingLock } from "./lock-billing";
import type { BillingView } from "./schemas";
import type { Stripe } from "./stripe-client";
import { writeTruth } from "./sync-subscription";

/** Takes back a cancellation or a smaller plan that was to begin at the period's end. */
export async function resumeSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await underBillingLock(db, orgId, async (tx) => {
    const { subscription, customerId } = await findLiveSubscription(tx, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    if (subscription.cancel_at_period_end) {
      await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: false });
    }
    await writeTruth(tx, stripe, { orgId, customerId });
  });
  return getBilling(db, { orgId });
}
