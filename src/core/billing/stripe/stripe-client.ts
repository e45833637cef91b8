import Stripe from "stripe";
import { AppError, SECOND } from "../../platform";
import { singleton } from "../../platform/concurrency/singleton";
import { env } from "../../platform/env";
import { StripeCircuitBreaker } from "./stripe-circuit-breaker";

export type { Stripe };

export interface StripeAddress {
  secretKey: string;
  /** A stand-in that speaks Stripe's protocol; Stripe itself when absent. */
  apiBase?: string | undefined;
}

/**
 * A client for this SDK's API version, behind a circuit breaker of its own. It does not retry: a waiting caller is told
 * early, repeating a call is safe, and jobs run again anyway. The SDK repeats a call once, under the same idempotency
 * key, when Stripe closed an idle connection.
 */
export function createStripe(
  { secretKey, apiBase }: StripeAddress,
  { circuit = new StripeCircuitBreaker() }: { circuit?: StripeCircuitBreaker } = {},
): Stripe {
  return new Stripe(secretKey, {
    ...(apiBase === undefined ? {} : addressOf(apiBase)),
    appInfo: { name: "AgathaAI" },
    httpClient: circuit,
    maxNetworkRetries: 0,
    timeout: 15 * SECOND,
    telemetry: false,
  });
}

function addressOf(base: string): { host: string; port?: string; protocol: "http" | "https" } {
  const { hostname, port, protocol } = new URL(base);
  return { host: hostname, protocol: protocol === "http:" ? "http" : "https", ...(port && { port }) };
}

/** One per process, so that portal and API share the circuit breaker. */
const client = singleton("Stripe client", (address: StripeAddress) => createStripe(address));

export function isBillingSetUp(): boolean {
  return env().STRIPE_SECRET_KEY !== undefined;
}

/** For work that also has to run where nothing is sold. */
export function stripeIfSetUp(): Stripe | undefined {
  return isBillingSetUp() ? stripe() : undefined;
}

/** @throws AppError `service_unavailable` where this installation sells nothing. */
export function stripe(): Stripe {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_API_BASE: apiBase } = env();
  if (secretKey === undefined) {
    throw new AppError("service_unavailable", {
      public: "Plans cannot be bought here right now. Email support@agathaai.com.",
      internal: "STRIPE_SECRET_KEY is not set",
    });
  }
  return client({ secretKey, apiBase });
}
