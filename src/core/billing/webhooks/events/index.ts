import { cardChanged } from "./card-changed";
import { type EventHandler, refetchOnly } from "./event-handler";
import { invoiceFinalizationFailed, invoiceOverdue } from "./invoice-incident";
import { invoicePaid, invoicePaymentFailed } from "./invoice-payment";
import { chargeDisputed, moneyRefunded } from "./money-back";

/** Every type of event handled here. The webhook endpoint subscribes to these and no others. */
export const eventHandlers = {
  // Paid, even when the customer closed the tab.
  "checkout.session.completed": refetchOnly,
  "customer.deleted": refetchOnly,
  "customer.subscription.created": refetchOnly,
  "customer.subscription.updated": refetchOnly,
  "customer.subscription.deleted": refetchOnly,
  "customer.subscription.paused": refetchOnly,
  "customer.subscription.resumed": refetchOnly,
  "subscription_schedule.updated": refetchOnly,
  "subscription_schedule.released": refetchOnly,
  "subscription_schedule.canceled": refetchOnly,
  "invoice.paid": invoicePaid,
  "invoice.payment_failed": invoicePaymentFailed,
  "invoice.payment_action_required": invoicePaymentFailed,
  // Debt changes: it decides the banner, the grace period, and whether a new plan can be bought.
  "invoice.voided": refetchOnly,
  "invoice.marked_uncollectible": refetchOnly,
  "invoice.finalization_failed": invoiceFinalizationFailed,
  "invoice.overdue": invoiceOverdue,
  "payment_method.attached": cardChanged,
  "customer.updated": cardChanged,
  "charge.refunded": moneyRefunded,
  "refund.failed": moneyRefunded,
  "charge.dispute.created": chargeDisputed,
  "charge.dispute.updated": chargeDisputed,
  "charge.dispute.closed": chargeDisputed,
} as const satisfies Record<string, EventHandler>;

export type KnownEvent = keyof typeof eventHandlers;

export const knownEvents = Object.keys(eventHandlers).filter(isKnownEvent);

export function isKnownEvent(type: string): type is KnownEvent {
  return Object.hasOwn(eventHandlers, type);
}
