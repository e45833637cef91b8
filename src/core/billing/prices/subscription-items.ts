import type { Plan } from "../../../shared/plans";
import type { Stripe } from "../stripe/stripe-client";
import { isOveragePrice } from "./overage-price";
import { planOfPrice } from "./plan-prices";

/** The item that sells the plan; the subscription may bill others beside it. */
export function planItem({ items }: Stripe.Subscription): Stripe.SubscriptionItem | undefined {
  const sold = items.data.filter(({ price }) => !isOveragePrice(price));
  return sold.find(({ price }) => planOfPrice(price) !== undefined) ?? sold[0];
}

export function soldPlan(subscription: Stripe.Subscription): Plan {
  const price = planItem(subscription)?.price;
  return (price && planOfPrice(price)) ?? "free";
}

/**
 * The override whose price a subscription bills; undefined for one that a customer bought. Such a subscription gives no
 * plan, and customers cannot change it.
 */
export function overrideIdOf({ metadata }: Pick<Stripe.Subscription, "metadata">): string | undefined {
  return metadata.agreement;
}
