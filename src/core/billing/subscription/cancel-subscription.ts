import type { Db } from "../../platform";
import { refreshFromStripe } from "../entitlement/sync-subscription";
import type { BillingView } from "../schemas";
import { withBillingLease } from "../stripe/billing-lease";
import type { Stripe } from "../stripe/stripe-client";
import { getBilling } from "./get-billing";
import { findLiveSubscription, releaseSchedule, undoCancellation } from "./live-subscription";

/** Cancels the subscription at the end of the paid period. Until then nothing changes, and it can be resumed. */
export async function cancelSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await withBillingLease(db, orgId, async (lease) => {
    const { subscription, customerId } = await findLiveSubscription(db, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    if (subscription.cancel_at === null) {
      await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    }
    await refreshFromStripe(db, stripe, lease, customerId);
  });
  return getBilling(db, { orgId });
}

/** Takes back a cancellation, wherever it was made, or a scheduled downgrade. */
export async function resumeSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await withBillingLease(db, orgId, async (lease) => {
    const { subscription, customerId } = await findLiveSubscription(db, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    const { cancel_at, cancel_at_period_end } = subscription;
    if (cancel_at !== null || cancel_at_period_end) {
      await stripe.subscriptions.update(subscription.id, undoCancellation(subscription));
    }
    await refreshFromStripe(db, stripe, lease, customerId);
  });
  return getBilling(db, { orgId });
}
