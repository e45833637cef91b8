import { processStripeEvent, type Stripe } from "@agathaai/core/billing";
import type { UserPrincipal } from "@agathaai/core/platform";
import { db } from "@agathaai/core/platform/db/client";
import { makeUser, principalOf } from "../make-user";

export interface Buyer {
  principal: UserPrincipal;
  email: string;
}

/** Somebody with a verified address and an organization of their own, who may buy a plan. */
export async function makeBuyer(): Promise<Buyer> {
  const { claims, email } = await makeUser({ verified: true });
  return { principal: await principalOf(claims), email };
}

/** Hands over Stripe's events as webhooks would, in the order a test wants: each call those that are new since the last. */
export function eventCourier(stripe: Stripe) {
  const given = new Set<string>();
  async function fresh(): Promise<Stripe.Event[]> {
    const events: Stripe.Event[] = [];
    for await (const event of stripe.events.list({ limit: 100 })) {
      if (given.has(event.id)) break;
      events.push(event);
    }
    for (const { id } of events) given.add(id);
    return events.reverse();
  }
  async function deliver(): Promise<void> {
    for (const event of await fresh()) await processStripeEvent(db(), stripe, event);
  }
  return { fresh, deliver };
}
