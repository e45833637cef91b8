import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { toPublicId } from "../../platform/ids";
import { log } from "../../platform/observability/log";
import type { Stripe } from "../stripe/stripe-client";
import { stripeOutage } from "../stripe/stripe-outage";
import { notifyLapsed } from "./notify-lapsed";
import { syncSubscription } from "./sync-subscription";

/**
 * Nothing happens at Stripe when seven days are over; it is for us to look again, and to write. Each on its own: one
 * that fails is tried again by the next run and stops no other.
 */
export async function endGracePeriods(db: Db, stripe: Stripe, clock: Clock = systemClock): Promise<number> {
  const due = await db.subscription.findMany({
    where: { graceEndsAt: { lte: clock.now() }, stripeCustomerId: { not: null } },
    select: { orgId: true, stripeCustomerId: true },
  });
  let ended = 0;
  for (const { orgId, stripeCustomerId } of due) {
    if (stripeCustomerId === null) continue;
    try {
      await syncSubscription(db, stripe, stripeCustomerId, clock);
      ended += 1;
    } catch (error) {
      log().error({ err: error, org_id: toPublicId("org", orgId) }, "a grace period could not be ended yet");
      if (stripeOutage(error) !== undefined) break;
    }
  }
  await notifyLapsed(db, stripe);
  return ended;
}
