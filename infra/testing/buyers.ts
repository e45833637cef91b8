import { randomUUID } from "node:crypto";
import { loadUserPrincipal, registerUser, verifyAccessToken } from "@agathaai/core/accounts";
import { processStripeEvent, type Stripe } from "@agathaai/core/billing";
import { db } from "@agathaai/core/platform/db/client";
import type { UserPrincipal } from "@agathaai/core/platform/principal";

export interface Buyer {
  principal: UserPrincipal;
  email: string;
}

/** Somebody with a verified address and an organization of their own, who may buy a plan. */
export async function makeBuyer(): Promise<Buyer> {
  const email = `ada.${randomUUID()}@example.com`;
  const password = "correct horse battery staple";
  const view = await registerUser(db(), { email, password, name: "Ada", ip: null });
  const claims = await verifyAccessToken(view.access_token);
  await db().user.update({ where: { id: claims.userId }, data: { emailVerifiedAt: new Date() } });
  const principal = await loadUserPrincipal(db(), { kind: "jwt", ...claims });
  if (principal === null) throw new Error("the person just registered is not signed in");
  return { principal, email };
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
