import { monthAfter, periodLine } from "./billing";
import { makeInvoice } from "./invoices/draft-invoice";
import { finalize, markPaid } from "./invoices/invoice-life";
import { attempt } from "./money/payments";
import type { Invoice, Metadata, Subscription } from "./objects/objects";
import type { World } from "./world";

export interface Order {
  customer: string;
  price: string;
  metadata: Metadata;
  /** Days in which an emailed invoice has to be paid; without it the card pays at once. */
  daysUntilDue?: number;
  automaticTax?: boolean;
  /** Ids of discounts. */
  discounts?: string[];
}

/** Creates a subscription that was paid for in a checkout, or one whose invoices are emailed. */
export function createSubscription(
  world: World,
  { customer, price, metadata, daysUntilDue, automaticTax = false, discounts = [] }: Order,
): { subscription: Subscription; invoice: Invoice } {
  const now = world.now();
  const id = world.id("sub");
  const subscription: Subscription = {
    id,
    object: "subscription",
    created: now,
    start_date: now,
    billing_cycle_anchor: now,
    customer,
    status: "active",
    items: {
      object: "list",
      has_more: false,
      url: `/v1/subscription_items?subscription=${id}`,
      data: [
        {
          id: world.id("si"),
          object: "subscription_item",
          created: now,
          current_period_start: now,
          current_period_end: monthAfter(now, now),
          price,
          quantity: 1,
          subscription: id,
          metadata: {},
        },
      ],
    },
    cancel_at: null,
    cancel_at_period_end: false,
    canceled_at: null,
    cancellation_details: { comment: null, feedback: null, reason: null },
    ended_at: null,
    automatic_tax: {
      enabled: automaticTax,
      disabled_reason: null,
      liability: automaticTax ? { type: "self" } : null,
    },
    billing_mode: { type: "flexible", flexible: { proration_discounts: "included" } },
    default_payment_method: null,
    discounts,
    pending_update: null,
    currency: world.price(price).currency,
    latest_invoice: null,
    schedule: null,
    metadata,
    collection_method: daysUntilDue === undefined ? "charge_automatically" : "send_invoice",
    days_until_due: daysUntilDue ?? null,
    pause_collection: null,
    trial_end: null,
    livemode: false,
  };
  world.state.subscriptions[id] = subscription;
  for (const discount of discounts) {
    const put = world.state.discounts[discount];
    if (put !== undefined) put.subscription = id;
  }
  const lines = [periodLine(world, subscription)];
  const invoice = makeInvoice(world, subscription, { billing_reason: "subscription_create", lines });
  world.emit("customer.subscription.created", subscription);
  // An emailed invoice stays a draft for an hour; one paid on a page is finalized before.
  if (daysUntilDue !== undefined) return { subscription, invoice };
  finalize(world, invoice, { collects: false });
  attempt(world, invoice, { present: true, confirmed: true });
  markPaid(world, invoice);
  return { subscription, invoice };
}
