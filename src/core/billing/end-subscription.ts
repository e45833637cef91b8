import type { Db } from "../platform/db";
import { inTurn } from "./billing-turn";
import type { Stripe } from "./stripe-client";
import { refreshTruth } from "./sync-subscription";

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
  if ((await customerOf(db, orgId)) === undefined) return 0;
  const stripe = connect();
  return inTurn(db, orgId, async (turn) => {
    const customer = await customerOf(db, orgId);
    if (customer === undefined) return 0;
    const [subscriptions, pages] = await Promise.all([
      stripe.subscriptions.list({ customer, limit: 100 }),
      stripe.checkout.sessions.list({ customer, status: "open", limit: 100 }),
    ]);
    // Pages first: one that is paid on meanwhile would begin what was just ended.
    for (const { id } of pages.data) await stripe.checkout.sessions.expire(id);
    for (const { id } of subscriptions.data) await stripe.subscriptions.cancel(id, { invoice_now: true });
    await refreshTruth(db, stripe, turn, customer);
    return subscriptions.data.length;
  });
}

async function customerOf(db: Db, orgId: string): Promise<string | undefined> {
  const row = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  return row?.stripeCustomerId ?? undefined;
}
