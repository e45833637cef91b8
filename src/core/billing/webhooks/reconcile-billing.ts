import { type Clock, DAY, type Db, HOUR, systemClock } from "../../platform";
import type { Stripe } from "../stripe/stripe-client";
import { knownEvents } from "./events";
import { processReceivedEvents } from "./process-stripe-events";
import { receiveStripeEvent } from "./receive-stripe-event";

const CHECKPOINT = "stripe events";
/** Stripe keeps events for thirty days. */
const KEPT_MS = 30 * DAY;
/** Stripe's filter takes at most twenty types. */
const TYPES_AT_ONCE = 20;
/** Stripe may list an event a little after its timestamp. */
const OVERLAP_MS = HOUR;

/**
 * Finds events that no webhook delivered, however long the outage: walks Stripe's list from the last checkpoint,
 * records the missing ones, and processes all that are due. Safe to interrupt and repeat: the checkpoint moves only after
 * the whole walk. Returns how many events were missing.
 */
export async function reconcileBilling(
  db: Db,
  stripe: Stripe,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<{ repaired: number }> {
  const startedAt = clock.now();
  const checkpoint = await db.billingCheckpoint.findUnique({ where: { name: CHECKPOINT } });
  const since = Math.max(startedAt.getTime() - KEPT_MS, (checkpoint?.at.getTime() ?? 0) - OVERLAP_MS);
  let repaired = 0;
  for (let from = 0; from < knownEvents.length; from += TYPES_AT_ONCE) {
    const events = stripe.events.list({
      created: { gte: Math.floor(since / 1_000) },
      types: knownEvents.slice(from, from + TYPES_AT_ONCE),
      limit: 100,
    });
    for await (const event of events) {
      if (signal?.aborted) return { repaired };
      if ((await receiveStripeEvent(db, event, clock)) === "taken") repaired += 1;
    }
  }
  await db.billingCheckpoint.upsert({
    where: { name: CHECKPOINT },
    create: { name: CHECKPOINT, at: startedAt },
    update: { at: startedAt },
  });
  while (
    !signal?.aborted &&
    (await processReceivedEvents(db, stripe, { ...(signal && { signal }), clock })) > 0
  );
  return { repaired };
}
