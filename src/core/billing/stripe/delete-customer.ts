import { type Db, systemClock } from "../../platform";
import { endSubscriptions } from "../subscription/end-subscription";
import { withBillingLease, writeUnderLease } from "./billing-lease";
import { findCustomerId } from "./customer";
import type { Stripe } from "./stripe-client";

/**
 * Deletes an erased organization's customer at Stripe, with name, address and cards; Stripe keeps invoices as the law asks.
 * Subscriptions are ended before. Safe to repeat: a customer who is gone counts as deleted.
 */
export async function deleteCustomer(db: Db, stripe: Stripe, { orgId }: { orgId: string }): Promise<void> {
  await endSubscriptions(db, () => stripe, { orgId });
  await withBillingLease(db, orgId, async (lease) => {
    const customer = await findCustomerId(db, orgId);
    if (customer === undefined) return;
    await stripe.customers.del(customer).catch((error: unknown) => {
      if (!isMissing(error)) throw error;
    });
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

function isMissing(error: unknown): boolean {
  return error instanceof Error && "code" in error && error.code === "resource_missing";
}
