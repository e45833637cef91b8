import type { Plan } from "../platform/principal";
import type { QueueName } from "../platform/queue/queue";

export interface PlanDefinition {
  name: string;
  requestsPerMinute: number;
  /** Tokens in a billing period, or a UTC calendar month without one; null is unlimited. */
  tokensPerMonth: number | null;
  /** US dollars a month; null is by agreement. */
  pricePerMonthUsd: number | null;
  /** Which queue its requests wait in. */
  queue: QueueName;
}

/** The plans as sold. A new plan is one row here; the compiler names every other place that must know it. */
export const plans: Record<Plan, PlanDefinition> = {
  free: {
    name: "Free",
    requestsPerMinute: 10,
    tokensPerMonth: 100_000,
    pricePerMonthUsd: 0,
    queue: "standard",
  },
  pro: {
    name: "Pro",
    requestsPerMinute: 100,
    tokensPerMonth: 1_000_000,
    pricePerMonthUsd: 29,
    queue: "standard",
  },
  plus: {
    name: "Plus",
    requestsPerMinute: 500,
    tokensPerMonth: 10_000_000,
    pricePerMonthUsd: 99,
    queue: "standard",
  },
  enterprise: {
    name: "Enterprise",
    requestsPerMinute: 10_000,
    tokensPerMonth: null,
    pricePerMonthUsd: null,
    queue: "enterprise",
  },
};

export function isPlan(text: string): text is Plan {
  return Object.hasOwn(plans, text);
}
