import { env } from "../../platform/env";
import { AppError } from "../../platform/errors";
import type { Stripe } from "../stripe/stripe-client";

/** An event older than this is refused: a recording of one cannot be played back later. */
const TOLERANCE_SECONDS = 300;

/**
 * The event inside a delivery. The signature covers the bytes as they came, so they are checked before anyone parses
 * them; the same JSON written another way is refused.
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
