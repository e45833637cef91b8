import { itemOf } from "../billing";
import type { Invoice, InvoiceLine, Subscription } from "../objects/objects";
import type { World } from "../world";
import { totalsOf } from "./totals";

/** How long the invoice of an ended period stays a draft, to which late usage can be added. */
export const DRAFT_SECONDS = 3_600;

interface Making {
  billing_reason: string;
  lines: InvoiceLine[];
}

/** Creates a draft, which is finalized after an hour. */
export function makeInvoice(world: World, subscription: Subscription, making: Making): Invoice {
  const invoice = draftInvoice(world, subscription, making, world.id("in"));
  invoice.automatically_finalizes_at = world.now() + DRAFT_SECONDS;
  world.state.invoices[invoice.id] = invoice;
  subscription.latest_invoice = invoice.id;
  world.emit("invoice.created", invoice);
  return invoice;
}

export function draftInvoice(
  world: World,
  subscription: Subscription,
  { billing_reason, lines }: Making,
  id: string,
): Invoice {
  const item = itemOf(world, subscription);
  return {
    id,
    object: "invoice",
    created: world.now(),
    number: null,
    customer: subscription.customer,
    customer_email: world.state.customers[subscription.customer]?.email ?? null,
    currency: subscription.currency,
    auto_advance: true,
    collection_method: subscription.collection_method,
    due_date: null,
    default_payment_method: null,
    automatic_tax: {
      enabled: subscription.automatic_tax.enabled,
      disabled_reason: null,
      liability: subscription.automatic_tax.liability,
      provider: null,
      status: subscription.automatic_tax.enabled ? "complete" : null,
    },
    last_finalization_error: null,
    status: "draft",
    automatically_finalizes_at: null,
    billing_reason,
    lines: { object: "list", data: lines, has_more: false, url: `/v1/invoices/${id}/lines` },
    ...totalsOf(world, subscription, lines),
    ending_balance: null,
    amount_overpaid: 0,
    amount_paid: 0,
    attempted: false,
    attempt_count: 0,
    next_payment_attempt: null,
    period_start: item.current_period_start,
    period_end: item.current_period_end,
    hosted_invoice_url: null,
    invoice_pdf: null,
    parent: {
      type: "subscription_details",
      quote_details: null,
      subscription_details: { subscription: subscription.id, metadata: subscription.metadata },
    },
    status_transitions: {
      finalized_at: null,
      paid_at: null,
      voided_at: null,
      marked_uncollectible_at: null,
    },
    metadata: {},
    livemode: false,
  };
}
