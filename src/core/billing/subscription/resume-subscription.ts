import type { Db } from "../../platform/db/client";
import { refreshTruth } from "../entitlement/sync-subscription";
import type { BillingView } from "../schemas";
import { inTurn } from "../stripe/billing-turn";
import type { Stripe } from "../stripe/stripe-client";
import { getBilling } from "./get-billing";
import { findLiveSubscription, keepGoing, releaseSchedule } from "./live-subscription";

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
