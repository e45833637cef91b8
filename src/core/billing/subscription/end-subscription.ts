import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { log } from "../../platform/observability/log";
import { readStripeState } from "../entitlement/stripe-state";
import { refreshFromStripe } from "../entitlement/sync-subscription";
import { withBillingLease } from "../stripe/billing-lease";
import { findCustomerId } from "../stripe/customer";
import { expireCheckoutSessions } from "../stripe/expire-checkout-sessions";
import type { Stripe } from "../stripe/stripe-client";

/**
 * Ends at once whatever an organization pays for, what was bought and what was agreed on, and closes its open payment
 * pages: the organization itself ends. What was used and not invoiced yet is invoiced now; what was paid ahead is not
 * paid back. Ending what has ended is nothing: call it again when something after it failed. Asks Stripe nothing where
 * nothing was ever bought. Returns how many subscriptions ended.
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
    // Pages first: one that is paid on meanwhile would begin what is ended next.
    const state = await readStripeState(stripe, customer);
    if (state.known) await expireCheckoutSessions(stripe, customer);
    const { data } = state.known ? await stripe.subscriptions.list({ customer, limit: 100 }) : { data: [] };
    for (const { id } of data) await stripe.subscriptions.cancel(id, { invoice_now: true });
    await refreshFromStripe(db, stripe, lease, customer);
    return data.length;
  });
}

/**
 * What lives at Stripe of an organization that was deleted: paid on a page in the second in which it ended, or made by
 * hand. Each on its own, and again until it is done.
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
