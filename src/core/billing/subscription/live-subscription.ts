import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { currentSubscription, isLive } from "../entitlement/entitlement";
import { planItem } from "../prices/plan-item";
import type { Stripe } from "../stripe/stripe-client";

export interface LiveSubscription {
  customerId: string;
  subscription: Stripe.Subscription;
  /** The plan's; there may be a metered one beside it. */
  item: Stripe.SubscriptionItem;
}

/** The subscription to be changed, as Stripe has it now. @throws AppError `conflict` when there is none. */
export async function findLiveSubscription(db: Db, stripe: Stripe, orgId: string): Promise<LiveSubscription> {
  const row = await db.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
  const customerId = row?.stripeCustomerId;
  if (!customerId) throw noSubscription();
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
 * What takes a cancellation back. Our own is a flag; Stripe's customer portal, in the billing mode that is the default
 * now, sets a time instead, which the flag does not clear. Stripe takes one of the two at a time.
 */
export function undoCancellation({
  cancel_at,
  cancel_at_period_end,
}: Stripe.Subscription): Pick<Stripe.SubscriptionUpdateParams, "cancel_at" | "cancel_at_period_end"> {
  if (cancel_at_period_end) return { cancel_at_period_end: false };
  return cancel_at === null ? {} : { cancel_at: "" };
}

/** Lets go of a change that was planned for the period's end; what runs now goes on. */
export async function releaseSchedule(stripe: Stripe, { schedule }: Stripe.Subscription): Promise<void> {
  if (schedule === null) return;
  await stripe.subscriptionSchedules.release(typeof schedule === "string" ? schedule : schedule.id);
}
