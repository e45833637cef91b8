import { checkoutSessionCompleted } from "./checkout-session-completed";
import { customerDeleted } from "./customer-deleted";
import type { EventHandler } from "./event-handler";
import { invoicePaid } from "./invoice-paid";
import { invoicePaymentFailed } from "./invoice-payment-failed";
import { subscriptionChanged } from "./subscription-changed";

/** Every kind of event that means something here; the webhook endpoint asks Stripe for these and no others. */
export const eventHandlers = {
  "checkout.session.completed": checkoutSessionCompleted,
  "customer.deleted": customerDeleted,
  "customer.subscription.created": subscriptionChanged,
  "customer.subscription.updated": subscriptionChanged,
  "customer.subscription.deleted": subscriptionChanged,
  "customer.subscription.paused": subscriptionChanged,
  "customer.subscription.resumed": subscriptionChanged,
  "subscription_schedule.updated": subscriptionChanged,
  "subscription_schedule.released": subscriptionChanged,
  "subscription_schedule.canceled": subscriptionChanged,
  "invoice.paid": invoicePaid,
  "invoice.payment_failed": invoicePaymentFailed,
  "invoice.payment_action_required": invoicePaymentFailed,
} as const satisfies Record<string, EventHandler>;

export type KnownEvent = keyof typeof eventHandlers;

export const knownEvents = Object.keys(eventHandlers).filter(isKnownEvent);

export function isKnownEvent(type: string): type is KnownEvent {
  return Object.hasOwn(eventHandlers, type);
}
