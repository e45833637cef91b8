import {
  processEventsAfterResponse,
  receiveStripeEvent,
  stripe,
  verifyStripeWebhook,
} from "@agathaai/core/billing";
import type { Db } from "@agathaai/core/platform/db/client";
import { AppError } from "@agathaai/core/platform/errors";
import type { RestContext } from "./call";
import { respondJson } from "./respond";

export const stripeWebhookPath = "/api/webhooks/stripe";

/** Far above any event Stripe sends. */
const MAX_BYTES = 1024 * 1024;

/**
 * Where Stripe delivers events. Served beside the API rather than by Next: the signature covers the bytes as they came,
 * and an installation that runs the API alone must take them too. Stripe is asked nothing while it waits: the event is
 * written down and the answer given, what it does follows. Any answer but 2xx makes Stripe send the event again.
 */
export async function takeStripeWebhook(c: RestContext, db: Db): Promise<Response> {
  const client = stripe();
  const body = await readBytes(c);
  const event = verifyStripeWebhook(client, { body, signature: c.req.header("stripe-signature") });
  const outcome = await receiveStripeEvent(db, event);
  if (outcome !== "unknown") processEventsAfterResponse(db, client);
  return respondJson(c.var.call, 200, { received: true, outcome });
}

async function readBytes(c: RestContext): Promise<Buffer> {
  const parts: Buffer[] = [];
  let size = 0;
  for await (const part of c.env.incoming) {
    const bytes: Buffer = Buffer.from(part);
    size += bytes.length;
    if (size > MAX_BYTES) {
      throw new AppError("payload_too_large", { public: "The body is larger than 1 MB." });
    }
    parts.push(bytes);
  }
  return Buffer.concat(parts);
}
