import { type EventHandler, refetchOnly } from "./event-handler";
import { invoicePaid } from "./invoice-paid";
import { invoicePaymentFailed } from "./invoice-payment-failed";

/** Every kind of event that means something here; the webhook endpoint asks Stripe for these and no others. */
export const eventHandlers = {
  // Paid, whether or not the tab that paid is still open.
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
} as const satisfies Record<string, EventHandler>;

export type KnownEvent = keyof typeof eventHandlers;

export const knownEvents = Object.keys(eventHandlers).filter(isKnownEvent);

export function isKnownEvent(type: string): type is KnownEvent {
  return Object.hasOwn(eventHandlers, type);
}
