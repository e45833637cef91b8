import type { Tx } from "../platform/db";
import { lockBilling } from "./lock-billing";
import { type Stripe, stripe } from "./stripe-client";
import { writeTruth } from "./sync-subscription";

/**
 * Ends at once whatever an organization has bought, and closes its open payment pages: the organization itself ends.
 * What was used and not invoiced yet is invoiced now; what was paid ahead is not paid back. Runs in the caller's
 * transaction, before anything that a failure of Stripe must not leave half done. Asks Stripe nothing where nothing was
 * ever bought. Returns how many subscriptions ended.
 */
export async function endSubscriptionIn(
  tx: Tx,
  { orgId }: { orgId: string },
  connect: () => Stripe = stripe,
): Promise<number> {
  await lockBilling(tx, orgId);
  const row = await tx.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  const customerId = row?.stripeCustomerId;
  if (!customerId) return 0;
  const client = connect();
  const [subscriptions, pages] = await Promise.all([
    client.subscriptions.list({ customer: customerId, limit: 100 }),
    client.checkout.sessions.list({ customer: customerId, status: "open", limit: 100 }),
  ]);
  // Pages first: one that is paid on meanwhile would begin what was just ended.
  for (const { id } of pages.data) await client.checkout.sessions.expire(id);
  for (const { id } of subscriptions.data) await client.subscriptions.cancel(id, { invoice_now: true });
  await writeTruth(tx, client, { orgId, customerId });
  return subscriptions.data.length;
}
