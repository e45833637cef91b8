import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Stripe } from "../stripe/stripe-client";
import { processReceivedEvent } from "./process-received-event";
import { postpone } from "./process-received-events";
import { receiveStripeEvent } from "./receive-stripe-event";

export type EventOutcome = "processed" | "repeated" | "unknown";

/** Takes an event and does at once what it says. One that fails is left to the job that does what waits. */
export async function processStripeEvent(
  db: Db,
  stripe: Stripe,
  event: Stripe.Event,
  clock: Clock = systemClock,
): Promise<EventOutcome> {
  if ((await receiveStripeEvent(db, event, clock)) === "unknown") return "unknown";
  const received = await db.stripeEvent.findUniqueOrThrow({ where: { id: event.id } });
  try {
    return (await processReceivedEvent(db, stripe, received, clock)) ? "processed" : "repeated";
  } catch (error) {
    await postpone(db, received, error, clock);
    throw error;
  }
}
