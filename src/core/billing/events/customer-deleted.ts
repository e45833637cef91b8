import { systemClock } from "../../platform/clock";
import { free } from "../entitlement";
import { lockBilling } from "../lock-billing";
import { termsInForce } from "../override-in-force";
import type { EventHandler } from "./event-handler";
import { idOf } from "./event-handler";

/** `customer.deleted`: nothing is bought any more, and the next purchase makes a new customer. */
export const customerDeleted: EventHandler = {
  async handle(tx, stripe, { data }) {
    const customerId = idOf(data.object);
    if (customerId === undefined) return undefined;
    const row = await tx.subscription.findUnique({
      where: { stripeCustomerId: customerId },
      select: { orgId: true },
    });
    if (row === null) return undefined;
    await lockBilling(tx, row.orgId);
    const customer = await stripe.customers.retrieve(customerId);
    if (!customer.deleted) return undefined;
    const { subscriptionId, periodStart, periodEnd, plan, ...rest } = free;
    const now = systemClock.now();
    await tx.subscription.updateMany({
      where: { orgId: row.orgId, stripeCustomerId: customerId },
      data: {
        ...rest,
        ...(await termsInForce(tx, row.orgId, plan, now)),
        stripeCustomerId: null,
        stripeSubscriptionId: subscriptionId,
        currentPeriodStart: periodStart,
        currentPeriodEnd: periodEnd,
        updatedAt: now,
      },
    });
    return undefined;
  },
};
