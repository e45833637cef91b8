import { dueOf, listUnpaid, subscriptionOf } from "../invoices/stripe-invoice";
import type { Stripe } from "../stripe/stripe-client";
import { isUnknownCustomer, unlessMissing } from "../stripe/stripe-errors";
import { currentSubscription, type StripeState } from "./entitlement";

const gone: StripeState = { known: false, subscriptions: [], unpaidSince: null, due: null };

/**
 * Reads the customer's state from Stripe now. An event's snapshot is never used: it may be old, out of order, or
 * forged.
 */
export async function readStripeState(stripe: Stripe, customer: string): Promise<StripeState> {
  const subscriptions = await listSubscriptions(stripe, customer);
  if (subscriptions === undefined) return gone;
  const current = currentSubscription(subscriptions);
  // Stripe still lists the subscriptions of a deleted customer. A paying customer saves us the extra call.
  const ended = current === undefined || current.ended_at !== null;
  if (ended && !(await exists(stripe, customer))) return gone;
  const unpaid = await listUnpaid(stripe, customer);
  const [oldest] = unpaid;
  return {
    known: true,
    subscriptions,
    unpaidSince:
      current === undefined || !owes.has(current.status)
        ? null
        : await firstFailure(stripe, current.id, unpaid),
    due: oldest === undefined ? null : await dueOf(stripe, oldest),
  };
}

const owes: ReadonlySet<string> = new Set(["past_due", "unpaid"]);

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

/**
 * When the subscription's oldest unpaid invoice was first charged or fell due, including invoices that were written
 * off.
 */
async function firstFailure(
  stripe: Stripe,
  subscription: string,
  unpaid: readonly Stripe.Invoice[],
): Promise<Date | null> {
  const { data: writtenOff } = await stripe.invoices.list({
    subscription,
    status: "uncollectible",
    limit: 100,
  });
  const own = unpaid.filter((invoice) => subscriptionOf(invoice) === subscription);
  const since = [...own, ...writtenOff].map(
    ({ due_date, status_transitions, created }) => due_date ?? status_transitions.finalized_at ?? created,
  );
  return since.length === 0 ? null : new Date(Math.min(...since) * 1_000);
}
