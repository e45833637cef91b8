import type { Db } from "../platform/db";
import { getBilling } from "./get-billing";
import { findLiveSubscription, releaseSchedule } from "./live-subscription";
import { underBillingLock } from "./lock-billing";
import type { BillingView } from "./schemas";
import type { Stripe } from "./stripe-client";
import { writeTruth } from "./sync-subscription";

/** Ends the subscription when what was paid for has ended. Until then nothing changes, and it can be resumed. */
export async function cancelSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await underBillingLock(db, orgId, async (tx) => {
    const { subscription, customerId } = await findLiveSubscription(tx, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    await writeTruth(tx, stripe, { orgId, customerId });
  });
  return getBilling(db, { orgId });
}
