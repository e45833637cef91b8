import type { Plan } from "../../../shared/plans";
import { isPaidPlan, rankOf } from "../../../shared/plans";
import { DAY } from "../../platform/clock";
import type { Due } from "../invoices/stripe-invoice";
import { overageItem } from "../prices/overage-price";
import { overrideIdOf, planItem, soldPlan } from "../prices/subscription-items";
import type { Stripe } from "../stripe/stripe-client";

/** How long a plan outlives a payment that failed. */
export const GRACE_MS = 7 * DAY;

export interface Entitlement {
  plan: Plan;
  /** Stripe's own word; `active` where there is no subscription. */
  status: string;
  subscriptionId: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
  /** The plan that begins at the period's end. */
  pendingPlan: Plan | null;
  /** When a subscription that was canceled ends; null while it goes on. */
  endsAt: Date | null;
  /** Since when the plan is not paid for; null while it is. */
  unpaidSince: Date | null;
  /** Until when an unpaid plan still holds; null while nothing is due. */
  graceEndsAt: Date | null;
  /** Whether the subscription bills what is used beyond the quota. */
  overage: boolean;
}

export const free: Entitlement = {
  plan: "free",
  status: "active",
  subscriptionId: null,
  periodStart: null,
  periodEnd: null,
  cancelAtPeriodEnd: false,
  pendingPlan: null,
  endsAt: null,
  unpaidSince: null,
  graceEndsAt: null,
  overage: false,
};

/** What Stripe knows of one customer, as far as it decides what they may use. */
export interface StripeState {
  /** False for a customer that was deleted, or is of another account: then nothing is bought. */
  known: boolean;
  subscriptions: readonly Stripe.Subscription[];
  /** When the oldest invoice of the subscription that is still unpaid failed first; null when none is. */
  unpaidSince: Date | null;
  /** The oldest invoice that somebody has to pay now. */
  due: Due | null;
}

const weights: Readonly<Record<string, number>> = {
  active: 5,
  trialing: 5,
  past_due: 4,
  unpaid: 3,
  paused: 3,
  incomplete: 2,
};

/** Subscriptions that still live in Stripe: beside one of them, no second may be bought. */
export function isLive(subscription: Stripe.Subscription): boolean {
  return (weights[subscription.status] ?? 0) >= 3 && isBought(subscription);
}

/** One that bills what was agreed on with us gives no plan: the agreement does. */
function isBought(subscription: Stripe.Subscription): boolean {
  return overrideIdOf(subscription) === undefined;
}

/** The subscription that counts: the one that gives the most, then the newest. */
export function currentSubscription(
  subscriptions: readonly Stripe.Subscription[],
): Stripe.Subscription | undefined {
  const weight = (one: Stripe.Subscription) => weights[one.status] ?? 0;
  return subscriptions
    .filter(isBought)
    .sort(
      (a, b) => weight(b) - weight(a) || rankOf(soldPlan(b)) - rankOf(soldPlan(a)) || b.created - a.created,
    )[0];
}

/** Paid for, or in a trial: everything that was bought holds. */
export function isPaidUp({ status }: Pick<Stripe.Subscription, "status">): boolean {
  return status === "active" || status === "trialing";
}

/** What was known before of the same debt. */
export interface KnownDebt {
  subscriptionId: string | null;
  unpaidSince: Date | null;
}

/**
 * The plan in force as a function of Stripe's state: active and trialing give what was bought; past_due gives it for
 * seven days after the first failure; everything else gives Free. The first failure is remembered while nothing is
 * paid, for what Stripe lists of it changes: an invoice that is written off makes no second grace.
 */
export function entitlementOf(
  { subscriptions, unpaidSince }: StripeState,
  now: Date,
  known: KnownDebt = { subscriptionId: null, unpaidSince: null },
): Entitlement {
  const current = currentSubscription(subscriptions);
  if (current === undefined) return free;
  if (current.status === "canceled" || current.status === "incomplete_expired") {
    return { ...free, status: current.status };
  }
  const item = planItem(current);
  const bought = soldPlan(current);
  const since = isPaidUp(current) ? null : firstOf(unpaidSince, current, known);
  const graceEndsAt = current.status === "past_due" ? new Date((since ?? now).getTime() + GRACE_MS) : null;
  const ends = current.cancel_at_period_end || current.cancel_at !== null;
  const holds = isPaidUp(current) || (graceEndsAt !== null && now < graceEndsAt);
  return {
    plan: holds ? bought : "free",
    status: current.status,
    subscriptionId: current.id,
    periodStart: dateOf(item?.current_period_start),
    periodEnd: dateOf(item?.current_period_end),
    cancelAtPeriodEnd: ends,
    pendingPlan: ends ? "free" : pendingPlan(current),
    endsAt: ends ? dateOf(current.cancel_at ?? item?.current_period_end) : null,
    unpaidSince: current.status === "past_due" ? (since ?? now) : since,
    graceEndsAt,
    overage: overageItem(current) !== undefined,
  };
}

function firstOf(read: Date | null, { id }: Stripe.Subscription, known: KnownDebt): Date | null {
  const before = known.subscriptionId === id ? known.unpaidSince : null;
  if (read === null || before === null) return read ?? before;
  return before < read ? before : read;
}

/** What the schedule's next phase sells, when it is something else than now. Expanding its price would go too deep. */
function pendingPlan(subscription: Stripe.Subscription): Plan | null {
  const { schedule } = subscription;
  if (schedule === null || typeof schedule === "string" || schedule.status !== "active") return null;
  const now = schedule.current_phase?.start_date ?? 0;
  const plan = schedule.phases.find(({ start_date }) => start_date > now)?.metadata?.plan;
  return isPaidPlan(plan) && plan !== soldPlan(subscription) ? plan : null;
}

function dateOf(seconds: number | undefined): Date | null {
  return seconds === undefined ? null : new Date(seconds * 1_000);
}
