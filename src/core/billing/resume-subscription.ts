import type { Db } from "../platform/db/client";
import { inTurn } from "./billing-turn";
import { getBilling } from "./get-billing";
import { findLiveSubscription, keepGoing, releaseSchedule } from "./live-subscription";
import type { BillingView } from "./schemas";
import type { Stripe } from "./stripe-client";
import { refreshTruth } from "./sync-subscription";

/** Takes back a cancellation, wherever it was made, or a smaller plan that was to begin at the period's end. */
export async function resumeSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await inTurn(db, orgId, async (turn) => {
    const { subscription, customerId } = await findLiveSubscription(db, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    const { cancel_at, cancel_at_period_end } = subscription;
    if (cancel_at !== null || cancel_at_period_end) {
      await stripe.subscriptions.update(subscription.id, keepGoing(subscription));
    }
    await refreshTruth(db, stripe, turn, customerId);
  });
  return getBilling(db, { orgId });
}
