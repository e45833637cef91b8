import { afterResponse } from "../../accounts";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { singleton } from "../../platform/singleton";
import type { Stripe } from "../stripe/stripe-client";
import { isKnownEvent } from "./events";
import { customerOf, idOf } from "./events/event-handler";
import { processReceivedEvents } from "./process-received-events";

/** As the webhook answers it: "taken" is part of its contract. */
export type ReceiveOutcome = "taken" | "repeated" | "unknown";

/**
 * Writes down that an event came, and nothing else: whoever delivers it is answered at once, however Stripe does. What
 * it does follows after the answer (`processEventsAfterResponse`), and by a job should this process end before.
 */
export async function receiveStripeEvent(
  db: Db,
  event: Stripe.Event,
  clock: Clock = systemClock,
): Promise<ReceiveOutcome> {
  const { id, type, data } = event;
  if (!isKnownEvent(type)) return "unknown";
  const { count } = await db.stripeEvent.createMany({
    data: {
      id,
      type,
      receivedAt: clock.now(),
      customerId: customerOf(event) ?? null,
      objectId: idOf(data.object) ?? null,
    },
    skipDuplicates: true,
  });
  return count === 0 ? "repeated" : "taken";
}

/** One a process, whichever bundle received the event. */
const work = singleton("Stripe events", () => ({ running: false, again: false }));

/** Does what was taken, after the answer and one run at a time, however many deliveries come meanwhile. */
export function processEventsAfterResponse(db: Db, stripe: Stripe): void {
  const run = work();
  run.again = true;
  if (run.running) return;
  run.running = true;
  afterResponse("stripe events", async () => {
    try {
      while (run.again) {
        run.again = false;
        await processReceivedEvents(db, stripe);
      }
    } finally {
      run.running = false;
    }
  });
}
