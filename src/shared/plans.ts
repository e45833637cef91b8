/** What a plan may have beyond its limits, as a sentence names it. */
export const planFeatures = {
  companySignIn: "Sign-in with your company",
  auditStream: "Audit log streaming",
  customRoles: "Custom roles",
  retentionChoice: "Your own retention period",
  residency: "Data residency in the EU",
  hipaa: "HIPAA mode",
} as const satisfies Record<string, string>;

export type PlanFeature = keyof typeof planFeatures;

export interface PlanDefinition {
  name: string;
  /** Whom it suits, as its card on the pricing page says. */
  suits: string;
  requestsPerMinute: number;
  /** Per billing period, or per UTC calendar month without one; null is unlimited. */
  tokensPerMonth: number | null;
  /** US dollars per month; null is by agreement. */
  pricePerMonthUsd: number | null;
  /** What a call with the organization's own provider key costs here, in percent of the provider's list price; absent is nothing. */
  ownKeyFeePercent?: number;
  /** What an organization's stored answers (the response cache) may take together, in MiB. */
  cacheMebibytes: number;
  /** The queue of its requests. */
  queue: "standard" | "enterprise";
  features: Readonly<Record<PlanFeature, boolean>>;
}

const noFeatures: PlanDefinition["features"] = {
  companySignIn: false,
  auditStream: false,
  customRoles: false,
  retentionChoice: false,
  residency: false,
  hipaa: false,
};

/**
 * The plans as sold, in the order in which pages show them. A new plan is one row here: lists, schemas, prices and
 * limits derive from it, and the compiler names each `Record<Plan, …>` that has to know it too.
 */
const table = {
  free: {
    name: "Free",
    suits: "To try every model and build a first version.",
    requestsPerMinute: 10,
    tokensPerMonth: 100_000,
    pricePerMonthUsd: 0,
    cacheMebibytes: 10,
    queue: "standard",
    features: noFeatures,
  },
  pro: {
    name: "Pro",
    suits: "For a product with its first users.",
    requestsPerMinute: 100,
    tokensPerMonth: 1_000_000,
    pricePerMonthUsd: 29,
    cacheMebibytes: 100,
    queue: "standard",
    features: noFeatures,
  },
  plus: {
    name: "Plus",
    suits: "For steady traffic and several services.",
    requestsPerMinute: 500,
    tokensPerMonth: 10_000_000,
    pricePerMonthUsd: 99,
    cacheMebibytes: 500,
    queue: "standard",
    features: noFeatures,
  },
  enterprise: {
    name: "Enterprise",
    suits: "For volume, on a separate queue.",
    requestsPerMinute: 10_000,
    tokensPerMonth: null,
    pricePerMonthUsd: null,
    cacheMebibytes: 2_048,
    queue: "enterprise",
    features: {
      companySignIn: true,
      auditStream: true,
      customRoles: true,
      retentionChoice: true,
      residency: true,
      hipaa: true,
    },
  },
} as const satisfies Record<string, PlanDefinition>;

export type Plan = keyof typeof table;

/** The plans that anyone can buy: those with a price. */
export type PaidPlan = {
  [P in Plan]: (typeof table)[P]["pricePerMonthUsd"] extends 0 | null ? never : P;
}[Plan];

export const plans: Readonly<Record<Plan, PlanDefinition>> = table;

export const planIds: readonly Plan[] = Object.keys(table).filter(isPlan);

export const paidPlans: readonly PaidPlan[] = planIds.filter(isPaidPlan);

/** The plans that anyone can buy, as a sentence names them. */
export const paidPlanNames: readonly string[] = paidPlans.map((id) => plans[id].name);

export function isPlan(text: string): text is Plan {
  return Object.hasOwn(table, text);
}

export function isPaidPlan(text: string | undefined): text is PaidPlan {
  return text !== undefined && isPlan(text) && (plans[text].pricePerMonthUsd ?? 0) > 0;
}

/** Sold by agreement, at an individual price. */
export function isByAgreement(plan: Plan): boolean {
  return plans[plan].pricePerMonthUsd === null;
}

/** A higher rank is more. It decides what is an upgrade, and which of two subscriptions counts. */
export function rankOf(plan: Plan): number {
  return plans[plan].requestsPerMinute;
}

/** The plans that have a feature, as a sentence names them. */
export function planNamesWith(feature: PlanFeature): string[] {
  return planIds.filter((id) => plans[id].features[feature]).map((id) => plans[id].name);
}

/** What a plan has beyond its limits, as a list names it. */
export function featureNamesOf(plan: Plan): string[] {
  return Object.keys(planFeatures)
    .filter(isPlanFeature)
    .filter((feature) => plans[plan].features[feature])
    .map((feature) => planFeatures[feature]);
}

function isPlanFeature(text: string): text is PlanFeature {
  return Object.hasOwn(planFeatures, text);
}
