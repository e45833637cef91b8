import Stripe from "stripe";
import { SECOND } from "../platform/clock";
import { env } from "../platform/env";
import { AppError } from "../platform/errors";

export type { Stripe };

export interface StripeAddress {
  secretKey: string;
  /** Another host that speaks Stripe's protocol; Stripe itself when absent. */
  apiBase?: string | undefined;
}

/**
 * A client of the API version this SDK was made for. Retries carry the same idempotency key, so that a call whose
 * answer was lost takes effect once.
 */
export function createStripe({ secretKey, apiBase }: StripeAddress): Stripe {
  return new Stripe(secretKey, {
    ...(apiBase === undefined ? {} : addressOf(apiBase)),
    appInfo: { name: "AgathaAI" },
    maxNetworkRetries: 2,
    timeout: 15 * SECOND,
    telemetry: false,
  });
}

function addressOf(base: string): { host: string; port?: string; protocol: "http" | "https" } {
  const { hostname, port, protocol } = new URL(base);
  return { host: hostname, protocol: protocol === "http:" ? "http" : "https", ...(port && { port }) };
}

let shared: Stripe | undefined;

export function isBillingSetUp(): boolean {
  return env().STRIPE_SECRET_KEY !== undefined;
}

/** For what goes on without Stripe where nothing is sold. */
export function stripeIfSetUp(): Stripe | undefined {
  return isBillingSetUp() ? stripe() : undefined;
}

/** @throws AppError `service_unavailable` where this installation sells nothing. */
export function stripe(): Stripe {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = env();
  if (secretKey === undefined) {
    throw new AppError("service_unavailable", {
      public: "Plans cannot be bought here at the moment. Write to support@agathaai.com.",
      internal: "STRIPE_SECRET_KEY is not set",
    });
  }
  shared ??= createStripe({ secretKey, apiBase });
  return shared;
}
