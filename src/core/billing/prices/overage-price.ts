import Stripe from "stripe";
import { AppError } from "../../platform";

/** The name of the meter event that reports usage to Stripe. */
export const OVERAGE_EVENT = "agatha_overage_micros";
export const OVERAGE_LOOKUP_KEY = "agatha_overage";
export const OVERAGE_PRODUCT = "agatha_overage";
/** One unit of the meter is a micro-dollar, as in our ledger: a ten-thousandth of a cent. */
export const CENTS_A_UNIT = Stripe.Decimal.from("0.0001");

/** Whether a price bills overage. It is recognized by its product, because its lookup key moves to its successor. */
export function isOveragePrice({ product }: Pick<Stripe.Price, "product">): boolean {
  return (typeof product === "string" ? product : product.id) === OVERAGE_PRODUCT;
}

export function overageItem({ items }: Stripe.Subscription): Stripe.SubscriptionItem | undefined {
  return items.data.find(({ price }) => isOveragePrice(price));
}

export async function findOveragePrice(stripe: Stripe): Promise<string> {
  const { data } = await stripe.prices.list({ lookup_keys: [OVERAGE_LOOKUP_KEY], active: true, limit: 1 });
  const [price] = data;
  if (price !== undefined) return price.id;
  throw new AppError("service_unavailable", {
    public: "Overage cannot be turned on right now. Try again later.",
    internal: `Stripe has no active price ${OVERAGE_LOOKUP_KEY}: run the setup`,
  });
}

export async function findOverageMeter(stripe: Stripe): Promise<Stripe.Billing.Meter | undefined> {
  for await (const meter of stripe.billing.meters.list({ status: "active", limit: 100 })) {
    if (meter.event_name === OVERAGE_EVENT) return meter;
  }
  return undefined;
}
