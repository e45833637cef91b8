import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { Stripe } from "../stripe/stripe-client";
import { processTakenEvent } from "./process-taken-event";
import { postpone } from "./process-taken-events";
import { takeStripeEvent } from "./take-stripe-event";

export type EventOutcome = "processed" | "repeated" | "unknown";

/** Takes an event and does at once what it says. One that fails is left to the job that does what waits. */
export async function processStripeEvent(
  db: Db,
  stripe: Stripe,
  event: Stripe.Event,
  clock: Clock = systemClock,
): Promise<EventOutcome> {
  if ((await takeStripeEvent(db, event, clock)) === "unknown") return "unknown";
  const taken = await db.stripeEvent.findUniqueOrThrow({ where: { id: event.id } });
  try {
    return (await processTakenEvent(db, stripe, taken, clock)) ? "processed" : "repeated";
  } catch (error) {
    await postpone(db, taken, error, clock);
    throw error;
  }
}
