import {
  processEventsAfterResponse,
  receiveStripeEvent,
  stripe,
  verifyStripeWebhook,
} from "@agathaai/core/billing";
import type { Db } from "@agathaai/core/platform";
import { readBody } from "../http/request/read-body";
import type { RestContext } from "./call";
import { respondJson } from "./respond";

export const stripeWebhookPath = "/api/webhooks/stripe";

/** Far above any event Stripe sends. */
const MAX_BYTES = 1024 * 1024;

/**
 * Receives an event from Stripe. Served with the API rather than by Next: the signature covers the raw bytes, and an
 * installation that runs the API alone must receive events too. The event is stored and 200 returned at once; its effect
 * follows. Any response other than 2xx makes Stripe send the event again.
 */
export async function takeStripeWebhook(c: RestContext, db: Db): Promise<Response> {
  const client = stripe();
  const body = await readBody(c.env.incoming, MAX_BYTES);
  const event = verifyStripeWebhook(client, { body, signature: c.req.header("stripe-signature") });
  const outcome = await receiveStripeEvent(db, event);
  if (outcome !== "unknown") processEventsAfterResponse(db, client);
  return respondJson(c.var.call, 200, { received: true, outcome });
}
