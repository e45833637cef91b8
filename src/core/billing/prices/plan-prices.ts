import { isPaidPlan, type PaidPlan, paidPlans, plans } from "../../../shared/plans";
import { AppError } from "../../platform";
import type { Stripe } from "../stripe/stripe-client";

export const CURRENCY = "usd";

/** The lookup key that finds a plan's current price in Stripe. */
export function lookupKeyOf(plan: PaidPlan): string {
  return `agatha_${plan}_monthly`;
}

export function centsOf(plan: PaidPlan): number {
  return (plans[plan].pricePerMonthUsd ?? 0) * 100;
}

/** Stripe counts in cents, we in micro-dollars. */
export function microsOfCents(cents: number): number {
  return cents * 10_000;
}

/** The id of the price that new subscriptions of a plan get. */
export async function findPrice(stripe: Stripe, plan: PaidPlan): Promise<string> {
  const { data } = await stripe.prices.list({ lookup_keys: [lookupKeyOf(plan)], active: true, limit: 1 });
  const [price] = data;
  if (price !== undefined) return price.id;
  throw new AppError("service_unavailable", {
    public: "This plan cannot be bought right now. Try again later.",
    internal: `Stripe has no active price ${lookupKeyOf(plan)}: run the setup`,
  });
}

/**
 * The plan of a price. A replaced price has lost its lookup key and is recognized by its metadata, so its subscribers
 * keep their plan.
 */
export function planOfPrice(price: Pick<Stripe.Price, "lookup_key" | "metadata">): PaidPlan | undefined {
  const byKey = paidPlans.find((plan) => lookupKeyOf(plan) === price.lookup_key);
  if (byKey !== undefined) return byKey;
  return isPaidPlan(price.metadata.plan) ? price.metadata.plan : undefined;
}
