import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { log } from "../platform/log";
import { eventHandlers, isKnownEvent } from "./events";
import type { Stripe } from "./stripe-client";

const LONGEST_MS = 60_000;

export type EventOutcome = "processed" | "repeated" | "unknown";

/**
 * Takes an event's effect once. Its id and its effect are one commit: a crash between them loses neither, Stripe sends
 * it again, and of two deliveries at the same time the second waits for the first and then knows it.
 */
export async function processStripeEvent(
  db: Db,
  stripe: Stripe,
  event: Stripe.Event,
  clock: Clock = systemClock,
): Promise<EventOutcome> {
  const { id, type } = event;
  if (!isKnownEvent(type)) return "unknown";
  const { outcome, afterwards } = await db.$transaction(
    async (tx) => {
      const now = clock.now();
      const isNew = await tx.$executeRaw`
        INSERT INTO stripe_events (id, type, received_at, processed_at)
        VALUES (${id}, ${type}, ${now}::timestamptz, ${now}::timestamptz) ON CONFLICT (id) DO NOTHING`;
      if (isNew === 0) return { outcome: "repeated" as const, afterwards: undefined };
      return {
        outcome: "processed" as const,
        afterwards: await eventHandlers[type].handle(tx, stripe, event),
      };
    },
    { maxWait: 5_000, timeout: LONGEST_MS },
  );
  try {
    await afterwards?.();
  } catch (error) {
    // The effect stands; a mail server that is down must not make Stripe send for ever what is done.
    log().error({ err: error, stripe_event: id, type }, "what follows a Stripe event failed");
  }
  return outcome;
}
