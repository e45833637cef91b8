export * as billingEmails from "./email/billing-emails";
export { endGracePeriods } from "./entitlement/end-grace-periods";
export { syncSubscription } from "./entitlement/sync-subscription";
export { deleteAtStripe, deleteCustomer } from "./erasure/delete-customer";
export { emptyCustomer } from "./erasure/empty-customer";
export { redactCustomer } from "./erasure/redact-customer";
export { expiredBillingRows } from "./expired-rows";
export * as incidentEmails from "./incidents/incident-email";
export { notifyIncidents } from "./incidents/notify-incidents";
export { handleIncident, listIncidents } from "./incidents/review-incidents";
export { listInvoices } from "./invoices/list-invoices";
export { billingGauges } from "./metrics";
export {
  endExpiredOverrides,
  endOverrideOfOrganization,
  endPlanOverride,
} from "./overrides/end-plan-override";
export { type NewPlanOverride, setPlanOverride } from "./overrides/set-plan-override";
export { syncOverrideBilling } from "./overrides/sync-override-billing";
export { getCurrentPrice } from "./prices/get-current-price";
export * from "./schemas";
export { type SetUp, setUpStripe, webhookAddress } from "./setup/set-up-stripe";
export { compareOverage } from "./spending/compare-overage";
export { getSpending } from "./spending/get-spending";
export { reportOverage } from "./spending/report-overage";
export { setOverage } from "./spending/set-overage";
export { setSpendingCap } from "./spending/set-spending-cap";

export { followEmailAtStripe } from "./stripe/follow-email";

export { openCustomerPortal } from "./stripe/open-customer-portal";
export { createStripe, isBillingSetUp, type Stripe, stripe, stripeIfSetUp } from "./stripe/stripe-client";
export { stripeOutage } from "./stripe/stripe-errors";
export { cancelSubscription, resumeSubscription } from "./subscription/cancel-subscription";
export { changePlan } from "./subscription/change-plan";
export { endSubscriptions, endSubscriptionsOfDeleted } from "./subscription/end-subscription";
export { getBilling } from "./subscription/get-billing";
export { previewPlanChange } from "./subscription/preview-plan-change";
export { startCheckout } from "./subscription/start-checkout";
export {
  type EventOutcome,
  processEventsAfterResponse,
  processReceivedEvents,
  processStripeEvent,
} from "./webhooks/process-stripe-events";
export {
  receiveStripeEvent,
  verifyStripeWebhook,
} from "./webhooks/receive-stripe-event";
export { reconcileBilling } from "./webhooks/reconcile-billing";
