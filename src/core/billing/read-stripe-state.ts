import { currentSubscription, type StripeState } from "./entitlement";
import type { Stripe } from "./stripe-client";
import { isUnknownCustomer, unlessMissing } from "./stripe-missing";

const gone: StripeState = { known: false, subscriptions: [], unpaidSince: null };

/** Asks Stripe, now. Never an event's snapshot: that may be old, out of order, or somebody else's. */
export async function readStripeState(stripe: Stripe, customer: string): Promise<StripeState> {
  const subscriptions = await listSubscriptions(stripe, customer);
  if (subscriptions === undefined) return gone;
  const current = currentSubscription(subscriptions);
  // Stripe goes on listing what a deleted customer had. Nobody is asked about one who pays.
  const ended = current === undefined || current.ended_at !== null;
  if (ended && !(await exists(stripe, customer))) return gone;
  return {
    known: true,
    subscriptions,
    unpaidSince: current?.status === "past_due" ? await oldestUnpaid(stripe, current.id) : null,
  };
}

async function listSubscriptions(stripe: Stripe, customer: string) {
  try {
    const { data } = await stripe.subscriptions.list({
      customer,
      status: "all",
      limit: 100,
      expand: ["data.schedule"],
    });
    return data;
  } catch (error) {
    if (isUnknownCustomer(error)) return undefined;
    throw error;
  }
}

async function exists(stripe: Stripe, id: string): Promise<boolean> {
  const customer = await stripe.customers.retrieve(id).catch(unlessMissing);
  return customer !== undefined && !customer.deleted;
}

async function oldestUnpaid(stripe: Stripe, subscription: string): Promise<Date | null> {
  const { data } = await stripe.invoices.list({ subscription, status: "open", limit: 100 });
  const dues = data.map((invoice) => invoice.status_transitions.finalized_at ?? invoice.created);
  return dues.length === 0 ? null : new Date(Math.min(...dues) * 1_000);
}
