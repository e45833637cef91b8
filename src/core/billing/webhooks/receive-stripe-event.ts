import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { env } from "../../platform/env";
import type { Stripe } from "../stripe/stripe-client";
import { isKnownEvent } from "./events";
import { customerOf, idOf } from "./events/event-handler";

/** An older event is refused, so that a recorded delivery cannot be replayed later. */
const TOLERANCE_SECONDS = 300;

/**
 * The event of a delivery. The signature covers the exact bytes, so it is checked before parsing: the same JSON in
 * another form is refused.
 * @throws AppError `invalid_request` for a delivery that is forged, changed or too old.
 */
export function verifyStripeWebhook(
  stripe: Stripe,
  { body, signature }: { body: Buffer; signature: string | undefined },
): Stripe.Event {
  const secret = env().STRIPE_WEBHOOK_SECRET;
  if (secret === undefined) {
    throw new AppError("service_unavailable", {
      public: "Webhooks are not accepted here.",
      internal: "STRIPE_WEBHOOK_SECRET is not set",
    });
  }
  try {
    return stripe.webhooks.constructEvent(body, signature ?? "", secret, TOLERANCE_SECONDS);
  } catch (cause) {
    throw new AppError("invalid_request", {
      public: "The signature does not match this delivery.",
      internal: "a Stripe webhook was refused",
      cause,
    });
  }
}

/** The webhook's response; "taken" is part of its contract. */
export type ReceiveOutcome = "taken" | "repeated" | "unknown";

/**
 * Records an event and nothing else, so that Stripe gets its response at once. Processing follows after the response
 * (`processEventsAfterResponse`), or by the job if this process ends first.
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
