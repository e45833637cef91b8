import type { Db } from "../../platform/db/client";
import { refreshTruth } from "../entitlement/sync-subscription";
import type { BillingView } from "../schemas";
import { inTurn } from "../stripe/billing-turn";
import type { Stripe } from "../stripe/stripe-client";
import { getBilling } from "./get-billing";
import { findLiveSubscription, releaseSchedule } from "./live-subscription";

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
