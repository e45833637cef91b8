import { type Db, toPublicId } from "../../platform";
import { log } from "../../platform/observability/log";
import { readStripeState } from "../entitlement/stripe-state";
import { refreshFromStripe } from "../entitlement/sync-subscription";
import { withBillingLease } from "../stripe/billing-lease";
import { findCustomerId } from "../stripe/customer";
import { expireCheckoutSessions } from "../stripe/expire-checkout-sessions";
import type { Stripe } from "../stripe/stripe-client";

/**
 * Ends every subscription of an organization at once, bought or agreed, and closes its open checkout pages, because the
 * organization is being deleted. Usage not invoiced yet is invoiced now; prepaid money is not refunded. Safe to call
 * again after a failure. Stripe is not called when nothing was ever bought. Returns how many subscriptions ended.
 */
export async function endSubscriptions(
  db: Db,
  connect: () => Stripe,
  { orgId }: { orgId: string },
): Promise<number> {
  if ((await findCustomerId(db, orgId)) === undefined) return 0;
  const stripe = connect();
  return withBillingLease(db, orgId, async (lease) => {
    const customer = await findCustomerId(db, orgId);
    if (customer === undefined) return 0;
    // Checkout pages first: one that is paid meanwhile starts a subscription, which is then ended with the others.
    const state = await readStripeState(stripe, customer);
    if (state.known) await expireCheckoutSessions(stripe, customer);
    const { data } = state.known ? await stripe.subscriptions.list({ customer, limit: 100 }) : { data: [] };
    for (const { id } of data) await stripe.subscriptions.cancel(id, { invoice_now: true });
    await refreshFromStripe(db, stripe, lease, customer);
    return data.length;
  });
}

/**
 * Ends subscriptions of deleted organizations that started afterwards: paid in the same second, or created by hand.
 * Each is handled on its own and retried until done.
 */
export async function endSubscriptionsOfDeleted(db: Db, stripe: Stripe): Promise<number> {
  const left = await db.subscription.findMany({
    where: { stripeSubscriptionId: { not: null }, organization: { deletedAt: { not: null } } },
    select: { orgId: true },
  });
  let ended = 0;
  for (const { orgId } of left) {
    try {
      ended += await endSubscriptions(db, () => stripe, { orgId });
    } catch (error) {
      const org_id = toPublicId("org", orgId);
      log().error({ err: error, org_id }, "a deleted organization's subscription could not be ended yet");
    }
  }
  return ended;
}
