import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { findOrgOf, writeStripeState } from "../entitlement/sync-subscription";
import { withBillingLease, writeUnderLease } from "../stripe/billing-lease";
import { readStripeState } from "../stripe/read-stripe-state";
import type { Stripe } from "../stripe/stripe-client";
import { eventHandlers, isKnownEvent } from "./events";
import type { ReceivedEvent } from "./events/event-handler";
import { customerBehind } from "./events/money-back";

/**
 * Takes an event's effect once: the mark "processed" and the effect are one commit, and of two who work on the same event the second
 * waits for the lease and then finds it processed. False when it was done already.
 */
export async function processReceivedEvent(
  db: Db,
  stripe: Stripe,
  event: ReceivedEvent,
  clock: Clock = systemClock,
): Promise<boolean> {
  const { id, type } = event;
  const waits = async () => (await db.stripeEvent.count({ where: { id, processedAt: null } })) > 0;
  if (!(await waits())) return false;
  const customer = event.customerId ?? (await customerBehind(stripe, event));
  const orgId = customer === undefined ? undefined : await findOrgOf(db, customer);
  const done = { processedAt: clock.now(), nextAttemptAt: null, lastError: null };
  if (customer === undefined || orgId === undefined || !isKnownEvent(type)) {
    return (await db.stripeEvent.updateMany({ where: { id, processedAt: null }, data: done })).count > 0;
  }
  return withBillingLease(db, orgId, async (lease) => {
    if (!(await waits())) return false;
    const effect = await eventHandlers[type]({ db, stripe, event, orgId, customer, clock });
    const state = await readStripeState(stripe, customer);
    const entitlement = await writeUnderLease(db, lease, async (tx) => {
      const { count } = await tx.stripeEvent.updateMany({ where: { id, processedAt: null }, data: done });
      if (count === 0) return undefined;
      await effect?.write?.(tx);
      return writeStripeState(tx, { orgId, customer, state }, clock);
    });
    if (entitlement === undefined) return false;
    try {
      await effect?.after?.(entitlement);
    } catch (error) {
      // The effect stands; a mail server that is down must not make us do again what is done.
      log().error({ err: error, stripe_event: id, type }, "what follows a Stripe event failed");
    }
    return true;
  });
}
