import type { Plan } from "../../../shared/plans";
import { isPaidPlan, rankOf } from "../../../shared/plans";
import { DAY } from "../../platform";
import type { Due } from "../invoices/stripe-invoice";
import { overageItem } from "../prices/overage-price";
import { overrideIdOf, planItem, soldPlan } from "../prices/subscription-items";
import type { Stripe } from "../stripe/stripe-client";

/** How long a plan stays on after a failed payment. */
export const GRACE_MS = 7 * DAY;

export interface Entitlement {
  plan: Plan;
  /** Stripe's status, or `active` without a subscription. */
  status: string;
  subscriptionId: string | null;
  periodStart: Date | null;
  periodEnd: Date | null;
  cancelAtPeriodEnd: boolean;
  /** The plan that starts when the period ends. */
  pendingPlan: Plan | null;
  /** When a canceled subscription ends; null unless it was canceled. */
  endsAt: Date | null;
  /** When payment for the plan first failed; null while it is paid. */
  unpaidSince: Date | null;
  /** Until when an unpaid plan stays on; null while nothing is due. */
  graceEndsAt: Date | null;
  /** Whether the subscription bills usage beyond the quota. */
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

/** The part of a customer's Stripe data that decides their plan. */
export interface StripeState {
  /** False for a customer that was deleted or belongs to another Stripe account: they have no plan. */
  known: boolean;
  subscriptions: readonly Stripe.Subscription[];
  /** When the oldest unpaid invoice of the subscription first failed; null when there is none. */
  unpaidSince: Date | null;
  /** The oldest invoice that has to be paid now. */
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

/** Subscriptions that are still running at Stripe. While there is one, a second cannot be bought. */
export function isLive(subscription: Stripe.Subscription): boolean {
  return (weights[subscription.status] ?? 0) >= 3 && isBought(subscription);
}

/** A subscription that bills an override gives no plan: the override does. */
function isBought(subscription: Stripe.Subscription): boolean {
  return overrideIdOf(subscription) === undefined;
}

/** The subscription that decides the plan: the best status, then the highest plan, then the newest. */
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

/** Paid for or in a trial: the plan applies in full. */
export function isPaidUp({ status }: Pick<Stripe.Subscription, "status">): boolean {
  return status === "active" || status === "trialing";
}

/** The debt as our row has it from the last read. */
export interface KnownDebt {
  subscriptionId: string | null;
  unpaidSince: Date | null;
}

/**
 * The plan that Stripe's state gives. Active and trialing give the plan bought; past_due gives it for seven days after
 * the first failure; everything else gives Free. The first failure is remembered until the debt is paid, because
 * Stripe's list changes: writing an invoice off must not start a second grace period.
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

/**
 * The plan of the schedule's next phase, if it differs. It is read from metadata because Stripe does not expand prices
 * that deep.
 */
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
