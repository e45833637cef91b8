import type { Tx } from "../platform/db";
import { AppError } from "../platform/errors";
import { currentSubscription, isLive } from "./entitlement";
import { planItem } from "./plan-item";
import type { Stripe } from "./stripe-client";

export interface LiveSubscription {
  customerId: string;
  subscription: Stripe.Subscription;
  /** The plan's; there may be a metered one beside it. */
  item: Stripe.SubscriptionItem;
}

/** The subscription to be changed, as Stripe has it now. @throws AppError `conflict` when there is none. */
export async function findLiveSubscription(
  tx: Pick<Tx, "subscription">,
  stripe: Stripe,
  orgId: string,
): Promise<LiveSubscription> {
  const row = await tx.subscription.findUnique({ where: { orgId }, select: { stripeCustomerId: true } });
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

/** Lets go of a change that was planned for the period's end; what runs now goes on. */
export async function releaseSchedule(stripe: Stripe, { schedule }: Stripe.Subscription): Promise<void> {
  if (schedule === null) return;
  await stripe.subscriptionSchedules.release(typeof schedule === "string" ? schedule : schedule.id);
}
