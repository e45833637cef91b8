import { type PaidPlan, rankOf } from "../../../shared/plans";
import { AppError, type Db } from "../../platform";
import { currentSubscription, isLive, isPaidUp } from "../entitlement/entitlement";
import { planItem, soldPlan } from "../prices/subscription-items";
import { findCustomerId } from "../stripe/customer";
import type { Stripe } from "../stripe/stripe-client";

export interface LiveSubscription {
  customerId: string;
  subscription: Stripe.Subscription;
  /** The plan's item; there may be a metered one beside it. */
  item: Stripe.SubscriptionItem;
}

/**
 * The running subscription, read from Stripe now.
 * @throws AppError `conflict` when there is none.
 */
export async function findLiveSubscription(db: Db, stripe: Stripe, orgId: string): Promise<LiveSubscription> {
  const customerId = await findCustomerId(db, orgId);
  if (customerId === undefined) throw noSubscription();
  const { data } = await stripe.subscriptions.list({
    customer: customerId,
    limit: 100,
    expand: ["data.schedule"],
  });
  const subscription = currentSubscription(data.filter(isLive));
  const item = subscription && planItem(subscription);
  if (subscription === undefined || item === undefined) throw noSubscription();
  return { customerId, subscription, item };
}

function noSubscription(): AppError {
  return new AppError("conflict", {
    public: "Your organization has no subscription. Choose a plan to start one.",
  });
}

/**
 * The parameters that take a cancellation back. Ours is a flag; Stripe's customer portal sets a date instead, which the
 * flag does not clear, and Stripe accepts only one of the two in a call.
 */
export function undoCancellation({
  cancel_at,
  cancel_at_period_end,
}: Stripe.Subscription): Pick<Stripe.SubscriptionUpdateParams, "cancel_at" | "cancel_at_period_end"> {
  if (cancel_at_period_end) return { cancel_at_period_end: false };
  return cancel_at === null ? {} : { cancel_at: "" };
}

/** Cancels a scheduled change; the current phase continues. */
export async function releaseSchedule(stripe: Stripe, { schedule }: Stripe.Subscription): Promise<void> {
  if (schedule === null) return;
  await stripe.subscriptionSchedules.release(typeof schedule === "string" ? schedule : schedule.id);
}

export type ChangeKind = "upgrade" | "downgrade" | "keep";

/**
 * What a change to `plan` is: an upgrade (now, paid now), a downgrade (when the paid period ends), or the same plan
 * (drops a scheduled change).
 * @throws AppError `conflict` when a payment is open.
 */
export function kindOfChange({ subscription }: LiveSubscription, plan: PaidPlan): ChangeKind {
  const now = soldPlan(subscription);
  if (now === plan) return "keep";
  if (!isPaidUp(subscription)) {
    throw new AppError("conflict", {
      public: "The last payment failed. Pay the open invoice or update your card, then change the plan.",
    });
  }
  return rankOf(plan) > rankOf(now) ? "upgrade" : "downgrade";
}

/** How long a previewed amount can be charged. */
const PREVIEW_SECONDS = 3_600;

/** The moment from which proration counts. */
export function prorationSeconds({ item }: LiveSubscription, previewed: Date | undefined): number {
  const now = Math.floor(Date.now() / 1_000);
  const asked = previewed === undefined ? now : Math.floor(previewed.getTime() / 1_000);
  const fresh = asked <= now && asked > now - PREVIEW_SECONDS ? asked : now;
  return Math.min(Math.max(fresh, item.current_period_start), item.current_period_end);
}

export type PhaseParams = Stripe.SubscriptionScheduleUpdateParams.Phase;

/**
 * The phases of a schedule from the current one on, to be sent back in an update: a field left out of a phase is
 * removed by Stripe.
 */
export function phasesOf({ phases, current_phase }: Stripe.SubscriptionSchedule): PhaseParams[] {
  const from = current_phase?.start_date ?? 0;
  return phases
    .filter(({ end_date }) => end_date > from)
    .map(({ items, start_date, end_date, metadata, discounts }) => ({
      items: items.map(({ price, quantity }) => ({
        price: typeof price === "string" ? price : price.id,
        // Metered items have no quantity, and Stripe refuses one.
        ...(quantity === undefined ? {} : { quantity }),
      })),
      start_date,
      end_date,
      proration_behavior: "none",
      ...(metadata === null ? {} : { metadata }),
      // Keeps the promotion code.
      ...(discounts.length === 0 ? {} : { discounts: discounts.map(sameDiscount) }),
    }));
}

function sameDiscount({ discount, promotion_code, coupon }: Stripe.SubscriptionSchedule.Phase.Discount) {
  const idOf = (one: string | { id: string }) => (typeof one === "string" ? one : one.id);
  if (discount !== null) return { discount: idOf(discount) };
  if (promotion_code !== null) return { promotion_code: idOf(promotion_code) };
  return coupon === null ? {} : { coupon: idOf(coupon) };
}
