import type { Stripe } from "../stripe/stripe-client";

/**
 * The override whose price a subscription bills; undefined for one that was bought. Such a subscription gives no plan
 * and is no customer's to change: what was agreed on is what the override says.
 */
export function overrideIdOf({ metadata }: Pick<Stripe.Subscription, "metadata">): string | undefined {
  return metadata.agreement;
}
