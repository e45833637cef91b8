import { type Db, systemClock } from "../../platform";
import { withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { findCustomerId } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";
import { endSubscriptions } from "../subscription/end-subscription";

/**
 * Ends an erased organization's subscriptions, does something with its customer at Stripe, and then forgets whose it was. What fails
 * is done again in whole at the next call.
 */
export async function partWithCustomer(
  db: Db,
  stripe: Stripe,
  orgId: string,
  what: (customer: string) => Promise<void>,
): Promise<void> {
  await endSubscriptions(db, () => stripe, { orgId });
  await withBillingLease(db, orgId, async (lease) => {
    const customer = await findCustomerId(db, orgId);
    if (customer === undefined) return;
    await what(customer);
    await writeUnderLease(db, lease, (tx) =>
      tx.subscription.update({
        where: { orgId },
        data: {
          stripeCustomerId: null,
          stripeSubscriptionId: null,
          dueUrl: null,
          updatedAt: systemClock.now(),
        },
      }),
    );
  });
}
