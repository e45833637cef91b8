import type { Db } from "../platform/db/client";
import { inTurn } from "./billing-turn";
import { getBilling } from "./get-billing";
import { findLiveSubscription, releaseSchedule } from "./live-subscription";
import type { BillingView } from "./schemas";
import type { Stripe } from "./stripe-client";
import { refreshTruth } from "./sync-subscription";

/** Ends the subscription when what was paid for has ended. Until then nothing changes, and it can be resumed. */
export async function cancelSubscription(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<BillingView> {
  await inTurn(db, orgId, async (turn) => {
    const { subscription, customerId } = await findLiveSubscription(db, stripe, orgId);
    await releaseSchedule(stripe, subscription);
    if (subscription.cancel_at === null) {
      await stripe.subscriptions.update(subscription.id, { cancel_at_period_end: true });
    }
    await refreshTruth(db, stripe, turn, customerId);
  });
  return getBilling(db, { orgId });
}
