import { currentSubscription, type StripeState } from "./entitlement";
import type { Stripe } from "./stripe-client";

/** Asks Stripe, now. Never an event's snapshot: that may be old, out of order, or somebody else's. */
export async function readStripeState(stripe: Stripe, customer: string): Promise<StripeState> {
  const { data: subscriptions } = await stripe.subscriptions.list({
    customer,
    status: "all",
    limit: 100,
    expand: ["data.schedule"],
  });
  const current = currentSubscription(subscriptions);
  return {
    subscriptions,
    unpaidSince: current?.status === "past_due" ? await oldestUnpaid(stripe, current.id) : null,
  };
}

async function oldestUnpaid(stripe: Stripe, subscription: string): Promise<Date | null> {
  const { data } = await stripe.invoices.list({ subscription, status: "open", limit: 100 });
  const dues = data.map((invoice) => invoice.status_transitions.finalized_at ?? invoice.created);
  return dues.length === 0 ? null : new Date(Math.min(...dues) * 1_000);
}
