import { isPlan, plans } from "../../plans";
import type { Plan } from "../../platform/principal";

/** The plans that anyone can buy. Free costs nothing; Enterprise is agreed on. */
export type PaidPlan = Extract<Plan, "pro" | "plus">;

export const paidPlans: readonly PaidPlan[] = ["pro", "plus"];

export const CURRENCY = "usd";

/** The name under which a plan's price is found in Stripe, whichever price object carries it at the time. */
export function lookupKeyOf(plan: PaidPlan): string {
  return `agatha_${plan}_monthly`;
}

export function centsOf(plan: PaidPlan): number {
  return (plans[plan].pricePerMonthUsd ?? 0) * 100;
}

export function isPaidPlan(text: string | undefined): text is PaidPlan {
  return text !== undefined && isPlan(text) && paidPlans.some((plan) => plan === text);
}

/** Stripe counts in cents, we in micro-dollars. */
export function microsOfCents(cents: number): number {
  return cents * 10_000;
}

/** Higher is more: decides what is an upgrade, and which of two subscriptions counts. */
export function rankOf(plan: Plan): number {
  return plans[plan].requestsPerMinute;
}
