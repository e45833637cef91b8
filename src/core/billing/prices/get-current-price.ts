import type { Db } from "../../platform";
import type { RecurringPrice } from "../schemas";
import { stripeCache } from "../stripe/stripe-cache";
import type { Stripe } from "../stripe/stripe-client";
import { findLiveSubscription, type LiveSubscription } from "../subscription/live-subscription";
import { microsOfCents } from "./plan-prices";

/**
 * What the customer will pay each period for the subscription.
 * @throws AppError `conflict` without one.
 */
export function getCurrentPrice(
  db: Db,
  stripe: Stripe,
  { orgId }: { orgId: string },
): Promise<RecurringPrice> {
  return stripeCache().prices.get(`${orgId} current`, async () =>
    readRecurringPrice(stripe, await findLiveSubscription(db, stripe, orgId)),
  );
}

/**
 * What Stripe will charge each period: the subscription's own price, which may be older than the catalogue's, or a
 * custom one.
 */
export async function readRecurringPrice(
  stripe: Stripe,
  { subscription, item }: LiveSubscription,
  price?: string,
): Promise<RecurringPrice> {
  const invoice = await stripe.invoices.createPreview({
    subscription: subscription.id,
    preview_mode: "recurring",
    ...(price === undefined ? {} : { subscription_details: { items: [{ id: item.id, price }] } }),
  });
  return {
    monthly_micros: microsOfCents(invoice.total),
    tax_micros: microsOfCents(taxOf(invoice)),
    discount_micros: microsOfCents(discountOf(invoice)),
  };
}

export function taxOf({ total_taxes }: Stripe.Invoice): number {
  return (total_taxes ?? []).reduce((sum, { amount }) => sum + amount, 0);
}

export function discountOf({ total_discount_amounts }: Stripe.Invoice): number {
  return (total_discount_amounts ?? []).reduce((sum, { amount }) => sum + amount, 0);
}
