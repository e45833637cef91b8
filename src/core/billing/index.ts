export { endGracePeriods } from "./entitlement/end-grace-periods";
export { reconcileBilling } from "./entitlement/reconcile-billing";
export { syncSubscription } from "./entitlement/sync-subscription";
export { expiredBillingRows } from "./expired-rows";
export { handleIncident } from "./incidents/handle-incident";
export { listIncidents } from "./incidents/list-incidents";
export { notifyIncidents } from "./incidents/notify-incidents";
export { listInvoices } from "./invoices/list-invoices";
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
export { openCustomerPortal } from "./stripe/open-customer-portal";
export { createStripe, isBillingSetUp, type Stripe, stripe, stripeIfSetUp } from "./stripe/stripe-client";
export { stripeOutage } from "./stripe/stripe-outage";
export { cancelSubscription } from "./subscription/cancel-subscription";
export { changePlan } from "./subscription/change-plan";
export { endSubscriptions, endSubscriptionsOfDeleted } from "./subscription/end-subscription";
export { getBilling } from "./subscription/get-billing";
export { previewPlanChange } from "./subscription/preview-plan-change";
export { resumeSubscription } from "./subscription/resume-subscription";
export { startCheckout } from "./subscription/start-checkout";
export { processReceivedEvents } from "./webhooks/process-received-events";
export { type EventOutcome, processStripeEvent } from "./webhooks/process-stripe-event";
export { processEventsAfterResponse, receiveStripeEvent } from "./webhooks/receive-stripe-event";
export { verifyStripeWebhook } from "./webhooks/verify-stripe-webhook";
