import type { Meter, MeterEvent, Price, Product } from "./catalogue";
import type { Card, Coupon, Customer, Discount, PaymentMethod, TaxId } from "./customers";
import type { CheckoutSession, PortalConfiguration, PortalSession, SessionOrder } from "./hosted-pages";
import type { Invoice } from "./invoices";
import type { Metadata } from "./metadata";
import type { Charge, Dispute, InvoicePayment, PaymentIntent, Refund } from "./payments";
import type { RedactionJob } from "./redaction-jobs";
import type { Schedule, Subscription, UsagePeriod } from "./subscriptions";

export type * from "./catalogue";
export type * from "./customers";
export type * from "./hosted-pages";
export type * from "./invoices";
export type * from "./metadata";
export type * from "./payments";
export type * from "./redaction-jobs";
export type * from "./subscriptions";

export type WebhookEndpoint = {
  id: string;
  object: "webhook_endpoint";
  created: number;
  url: string;
  enabled_events: string[];
  status: "enabled" | "disabled";
  api_version: string | null;
  metadata: Metadata;
  livemode: false;
};

export type StripeEvent = {
  id: string;
  object: "event";
  created: number;
  api_version: string;
  type: string;
  data: { object: unknown };
  pending_webhooks: number;
  request: { id: null; idempotency_key: null };
  livemode: false;
};

export type Delivery = { event: string; endpoint: string; attempts: number; nextAt: number };

export type State = {
  /** How far ahead the stand-in's clock is, in seconds. */
  ahead: number;
  invoices_made: number;
  customers: Record<string, Customer>;
  customers_deleted: string[];
  tax_ids: Record<string, TaxId>;
  /** Whether the account has redaction jobs. */
  redaction_access: boolean;
  redaction_jobs: Record<string, RedactionJob>;
  payment_methods: Record<string, PaymentMethod>;
  payment_intents: Record<string, PaymentIntent>;
  invoice_payments: Record<string, InvoicePayment>;
  charges: Record<string, Charge>;
  refunds: Record<string, Refund>;
  disputes: Record<string, Dispute>;
  coupons: Record<string, Coupon>;
  discounts: Record<string, Discount>;
  /** The automatic tax rate in percent, whatever the address. */
  tax_percent: number;
  /** Customers whose invoices cannot be finalized, as with an unknown tax location. */
  unfinalizable: string[];
  /** The open invoice that pays a subscription's pending update. */
  pending_invoices: Record<string, string>;
  /** The state of a subscription after the last retry, as set in the dashboard. */
  after_retries: "cancel" | "unpaid" | "past_due";
  /** Invoices already reported as overdue. */
  overdue: string[];
  products: Record<string, Product>;
  prices: Record<string, Price>;
  meters: Record<string, Meter>;
  meter_events: MeterEvent[];
  subscriptions: Record<string, Subscription>;
  schedules: Record<string, Schedule>;
  invoices: Record<string, Invoice>;
  /** The metered usage that each draft will bill. */
  draft_usage: Record<string, UsagePeriod[]>;
  sessions: Record<string, CheckoutSession>;
  /** What a session's subscription gets; the `subscription_data.metadata` of its creation. */
  session_orders: Record<string, SessionOrder>;
  configurations: Record<string, PortalConfiguration>;
  portal_sessions: Record<string, PortalSession>;
  endpoints: Record<string, WebhookEndpoint>;
  endpoint_secrets: Record<string, string>;
  events: Record<string, StripeEvent>;
  cards: Record<string, Card>;
  /** Responses by idempotency key. */
  answers: Record<string, { request: string; status: number; body: string }>;
  deliveries: Delivery[];
};

export const emptyState = (): State => ({
  ahead: 0,
  invoices_made: 0,
  customers: {},
  customers_deleted: [],
  tax_ids: {},
  redaction_access: true,
  redaction_jobs: {},
  payment_methods: {},
  payment_intents: {},
  invoice_payments: {},
  charges: {},
  refunds: {},
  disputes: {},
  coupons: {},
  discounts: {},
  tax_percent: 20,
  unfinalizable: [],
  pending_invoices: {},
  after_retries: "cancel",
  overdue: [],
  products: {},
  prices: {},
  meters: {},
  meter_events: [],
  subscriptions: {},
  schedules: {},
  invoices: {},
  draft_usage: {},
  sessions: {},
  session_orders: {},
  configurations: {},
  portal_sessions: {},
  endpoints: {},
  endpoint_secrets: {},
  events: {},
  cards: {},
  answers: {},
  deliveries: [],
});
