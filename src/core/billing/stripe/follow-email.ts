import type { FollowEmail } from "../../accounts";
import { log } from "../../platform/observability/log";
import { stripeIfSetUp } from "./stripe-client";

/**
 * Where a person's old address is the one that Stripe sends invoices to, their new one takes its place. An address that was
 * entered at Stripe by hand stays. Our own billing emails need nothing: they go to whatever address the person has.
 */
export const followEmailAtStripe: FollowEmail = async (db, { userId, from, to }) => {
  const stripe = stripeIfSetUp();
  if (stripe === undefined) return;
  const customers = await db.subscription.findMany({
    where: { stripeCustomerId: { not: null }, organization: { memberships: { some: { userId } } } },
    select: { orgId: true, stripeCustomerId: true },
  });
  for (const { orgId, stripeCustomerId } of customers) {
    if (stripeCustomerId === null) continue;
    try {
      const customer = await stripe.customers.retrieve(stripeCustomerId);
      if (customer.deleted || customer.email?.toLowerCase() !== from) continue;
      await stripe.customers.update(stripeCustomerId, { email: to });
    } catch (error) {
      // The next organization may succeed; this one keeps the old address until it is changed at Stripe.
      log().error({ err: error, org_id: orgId }, "a changed email did not reach Stripe");
    }
  }
};
