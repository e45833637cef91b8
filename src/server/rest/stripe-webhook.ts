import {
  processEventsAfterResponse,
  receiveStripeEvent,
  stripe,
  verifyStripeWebhook,
} from "@agathaai/core/billing";
import type { Db } from "@agathaai/core/platform/db/client";
import { readBody } from "../http/request/read-body";
import type { RestContext } from "./call";
import { respondJson } from "./respond";

export const stripeWebhookPath = "/api/webhooks/stripe";

/** Far above any event Stripe sends. */
const MAX_BYTES = 1024 * 1024;

/**
 * Receive an event from Stripe. Served beside the API rather than by Next: the signature covers the bytes as they came,
 * and an installation that runs the API alone must take them too. Stripe is asked nothing while it waits: the event is
 * written down and the answer given, what it does follows. Any answer but 2xx makes Stripe send the event again.
 */
export async function takeStripeWebhook(c: RestContext, db: Db): Promise<Response> {
  const client = stripe();
  const body = await readBody(c.env.incoming, MAX_BYTES);
  const event = verifyStripeWebhook(client, { body, signature: c.req.header("stripe-signature") });
  const outcome = await receiveStripeEvent(db, event);
  if (outcome !== "unknown") processEventsAfterResponse(db, client);
  return respondJson(c.var.call, 200, { received: true, outcome });
}
