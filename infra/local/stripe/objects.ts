/** What the stand-in keeps of each of Stripe's objects: the fields that the product reads, under Stripe's own names. */

export type Metadata = Record<string, string>;

export type Customer = {
  id: string;
  object: "customer";
  created: number;
  email: string | null;
  name: string | null;
  metadata: Metadata;
  livemode: false;
};

export type Product = {
  id: string;
  object: "product";
  created: number;
  name: string;
  active: boolean;
  metadata: Metadata;
  livemode: false;
};

export type Price = {
  id: string;
  object: "price";
  created: number;
  product: string;
  currency: string;
  /** Null where a unit costs a part of a cent. */
  unit_amount: number | null;
  unit_amount_decimal: string;
  active: boolean;
  type: "recurring";
  recurring: {
    interval: "month";
    interval_count: 1;
    usage_type: "licensed" | "metered";
    meter: string | null;
  };
  lookup_key: string | null;
  metadata: Metadata;
  livemode: false;
};

export type Meter = {
  id: string;
  object: "billing.meter";
  created: number;
  updated: number;
  display_name: string;
  event_name: string;
  event_time_window: null;
  status: "active" | "inactive";
  status_transitions: { deactivated_at: number | null };
  default_aggregation: { formula: "sum" };
  customer_mapping: { type: "by_id"; event_payload_key: string };
  value_settings: { event_payload_key: string };
  livemode: false;
};

/** One event as it was taken. Its customer may be unknown: Stripe finds that out later and counts nothing. */
export type MeterEvent = {
  identifier: string;
  meter: string;
  customer: string;
  value: number;
  /** By the caller's clock. */
  timestamp: number;
  /** By the clock here, which may have been moved on: decides the period it is billed in. */
  at: number;
  created: number;
};

export type SubscriptionStatus =
  | "active"
  | "trialing"
  | "past_due"
  | "unpaid"
  | "paused"
  | "incomplete"
  | "incomplete_expired"
  | "canceled";

export type SubscriptionItem = {
  id: string;
  object: "subscription_item";
  created: number;
  current_period_start: number;
  current_period_end: number;
  /** Kept by id; whoever reads it gets the price as it is then. */
  price: string;
  /** Absent where usage is metered. */
  quantity?: number;
  subscription: string;
  metadata: Metadata;
};

export type Subscription = {
  id: string;
  object: "subscription";
  created: number;
  start_date: number;
  billing_cycle_anchor: number;
  customer: string;
  status: SubscriptionStatus;
  items: { object: "list"; data: SubscriptionItem[]; has_more: false; url: string };
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  ended_at: number | null;
  currency: string;
  latest_invoice: string | null;
  schedule: string | null;
  metadata: Metadata;
  collection_method: "charge_automatically";
  pause_collection: null;
  trial_end: number | null;
  livemode: false;
};

export type Phase = {
  start_date: number;
  end_date: number;
  items: PhaseItem[];
  discounts: [];
  metadata: Metadata;
};

export type PhaseItem = { price: string; quantity?: number };

export type Schedule = {
  id: string;
  object: "subscription_schedule";
  created: number;
  customer: string;
  subscription: string | null;
  released_subscription: string | null;
  status: "active" | "released" | "completed" | "canceled";
  current_phase: { start_date: number; end_date: number } | null;
  phases: Phase[];
  end_behavior: string;
  released_at: number | null;
  metadata: Metadata;
  livemode: false;
};

export type InvoiceLine = {
  id: string;
  object: "line_item";
  amount: number;
  currency: string;
  description: string;
  period: { start: number; end: number };
  quantity: number;
  pricing: {
    type: "price_details";
    price_details: { price: string; product: string };
    unit_amount_decimal: string;
  };
  metadata: Metadata;
};

export type Invoice = {
  id: string;
  object: "invoice";
  created: number;
  number: string;
  customer: string;
  currency: string;
  status: "draft" | "open" | "paid" | "void" | "uncollectible";
  /** When a draft is closed; until then usage that comes late is still added. */
  automatically_finalizes_at: number | null;
  billing_reason: string;
  lines: { object: "list"; data: InvoiceLine[]; has_more: false; url: string };
  subtotal: number;
  total: number;
  amount_due: number;
  amount_paid: number;
  amount_remaining: number;
  attempted: boolean;
  attempt_count: number;
  next_payment_attempt: number | null;
  period_start: number;
  period_end: number;
  hosted_invoice_url: string;
  invoice_pdf: string;
  parent: {
    type: "subscription_details";
    quote_details: null;
    subscription_details: { subscription: string; metadata: Metadata };
  };
  status_transitions: {
    finalized_at: number | null;
    paid_at: number | null;
    voided_at: number | null;
    marked_uncollectible_at: number | null;
  };
  metadata: Metadata;
  livemode: false;
};

/** A metered item's period, whose usage is billed when it is over. */
export type UsagePeriod = { price: string; start: number; end: number };

export type CheckoutSession = {
  id: string;
  object: "checkout.session";
  created: number;
  expires_at: number;
  mode: "subscription";
  status: "open" | "complete" | "expired";
  payment_status: "paid" | "unpaid";
  customer: string;
  currency: string;
  amount_total: number;
  subscription: string | null;
  invoice: string | null;
  url: string | null;
  success_url: string;
  cancel_url: string | null;
  metadata: Metadata;
  livemode: false;
};

export type PortalConfiguration = {
  id: string;
  object: "billing_portal.configuration";
  created: number;
  updated: number;
  active: boolean;
  is_default: boolean;
  default_return_url: string | null;
  features: unknown;
  business_profile: unknown;
  metadata: Metadata;
  livemode: false;
};

export type PortalSession = {
  id: string;
  object: "billing_portal.session";
  created: number;
  customer: string;
  configuration: string;
  return_url: string;
  url: string;
  livemode: false;
};

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

/** How the customer's card behaves; what Stripe's test card numbers do. */
export type Card = { last4: string; behaviour: "pays" | "declines" | "confirms" | "fails_later" };

export type Delivery = { event: string; endpoint: string; attempts: number; nextAt: number };

export type State = {
  /** Seconds that the stand-in's clock is ahead. */
  ahead: number;
  invoices_made: number;
  customers: Record<string, Customer>;
  customers_deleted: string[];
  products: Record<string, Product>;
  prices: Record<string, Price>;
  meters: Record<string, Meter>;
  meter_events: MeterEvent[];
  subscriptions: Record<string, Subscription>;
  schedules: Record<string, Schedule>;
  invoices: Record<string, Invoice>;
  /** What drafts will bill of metered usage. */
  draft_usage: Record<string, UsagePeriod[]>;
  sessions: Record<string, CheckoutSession>;
  /** What subscriptions made by a session get; `subscription_data.metadata` of its making. */
  session_orders: Record<string, { price: string; metadata: Metadata }>;
  configurations: Record<string, PortalConfiguration>;
  portal_sessions: Record<string, PortalSession>;
  endpoints: Record<string, WebhookEndpoint>;
  endpoint_secrets: Record<string, string>;
  events: Record<string, StripeEvent>;
  cards: Record<string, Card>;
  /** Answers by idempotency key. */
  answers: Record<string, { request: string; status: number; body: string }>;
  deliveries: Delivery[];
};

export const emptyState = (): State => ({
  ahead: 0,
  invoices_made: 0,
  customers: {},
  customers_deleted: [],
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
