/** What the stand-in keeps of each of Stripe's objects: the fields that the product reads, under Stripe's own names. */

export type Metadata = Record<string, string>;

export type Customer = {
  id: string;
  object: "customer";
  created: number;
  email: string | null;
  name: string | null;
  address: Address | null;
  /** Cents: below zero is credit, which the next invoices take. */
  balance: number;
  currency: string | null;
  delinquent: boolean;
  discount: null;
  tax_exempt: "none" | "exempt" | "reverse";
  default_source: null;
  invoice_settings: { default_payment_method: string | null };
  metadata: Metadata;
  livemode: false;
};

export type Address = {
  city: string | null;
  country: string | null;
  line1: string | null;
  line2: string | null;
  postal_code: string | null;
  state: string | null;
};

export type PaymentMethod = {
  id: string;
  object: "payment_method";
  created: number;
  customer: string | null;
  type: "card";
  card: { brand: "visa"; last4: string; exp_month: number; exp_year: number; funding: "credit" };
  metadata: Metadata;
  livemode: false;
};

export type PaymentIntent = {
  id: string;
  object: "payment_intent";
  created: number;
  amount: number;
  amount_received: number;
  currency: string;
  customer: string;
  client_secret: string;
  status: "requires_payment_method" | "requires_action" | "succeeded" | "canceled";
  next_action: { type: "redirect_to_url"; redirect_to_url: { url: string; return_url: null } } | null;
  last_payment_error: { type: "card_error"; code: string; message: string } | null;
  latest_charge: string | null;
  payment_method: string | null;
  metadata: Metadata;
  livemode: false;
};

/** Which intent pays which invoice. */
export type InvoicePayment = {
  id: string;
  object: "invoice_payment";
  created: number;
  invoice: string;
  amount_requested: number;
  amount_paid: number | null;
  currency: string;
  is_default: true;
  status: "open" | "paid" | "canceled";
  payment: { type: "payment_intent"; payment_intent: string };
  status_transitions: { paid_at: number | null; canceled_at: number | null };
  livemode: false;
};

export type Charge = {
  id: string;
  object: "charge";
  created: number;
  amount: number;
  amount_captured: number;
  amount_refunded: number;
  refunded: boolean;
  disputed: boolean;
  currency: string;
  customer: string;
  payment_intent: string;
  payment_method: string | null;
  paid: boolean;
  status: "succeeded" | "failed";
  failure_code: string | null;
  failure_message: string | null;
  metadata: Metadata;
  livemode: false;
};

export type Refund = {
  id: string;
  object: "refund";
  created: number;
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  reason: "duplicate" | "fraudulent" | "requested_by_customer" | null;
  status: "succeeded";
  metadata: Metadata;
};

export type Dispute = {
  id: string;
  object: "dispute";
  created: number;
  amount: number;
  currency: string;
  charge: string;
  payment_intent: string;
  reason: "fraudulent" | "general" | "product_not_received" | "subscription_canceled";
  status: "needs_response" | "under_review" | "won" | "lost";
  is_charge_refundable: boolean;
  metadata: Metadata;
  livemode: false;
};

export type Product = {
  id: string;
  object: "product";
  created: number;
  name: string;
  active: boolean;
  unit_label: string | null;
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
  /** The customer portal sets this alone; the API's `cancel_at_period_end` sets both. */
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  cancellation_details: { comment: null; feedback: null; reason: string | null };
  ended_at: number | null;
  automatic_tax: { enabled: boolean; disabled_reason: null; liability: { type: "self" } | null };
  billing_mode: { type: "flexible"; flexible: { proration_discounts: "included" } };
  default_payment_method: string | null;
  discounts: string[];
  /** A change that waits for its payment; it never holds before. */
  pending_update: PendingUpdate | null;
  currency: string;
  latest_invoice: string | null;
  schedule: string | null;
  metadata: Metadata;
  collection_method: "charge_automatically" | "send_invoice";
  days_until_due: number | null;
  pause_collection: null;
  trial_end: number | null;
  livemode: false;
};

export type PendingUpdate = {
  billing_cycle_anchor: null;
  expires_at: number;
  subscription_items: SubscriptionItem[];
  trial_end: null;
  trial_from_plan: null;
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
  /** Given when it is finalized. */
  number: string | null;
  customer: string;
  customer_email: string | null;
  currency: string;
  auto_advance: boolean;
  collection_method: "charge_automatically" | "send_invoice";
  due_date: number | null;
  default_payment_method: string | null;
  automatic_tax: {
    enabled: boolean;
    disabled_reason: null;
    liability: { type: "self" } | null;
    provider: null;
    status: "complete" | "requires_location_inputs" | null;
  };
  last_finalization_error: { type: "invalid_request_error"; code: string; message: string } | null;
  status: "draft" | "open" | "paid" | "void" | "uncollectible";
  /** When a draft is closed; until then usage that comes late is still added. */
  automatically_finalizes_at: number | null;
  billing_reason: string;
  lines: { object: "list"; data: InvoiceLine[]; has_more: false; url: string };
  subtotal: number;
  subtotal_excluding_tax: number;
  discounts: string[];
  total_discount_amounts: { amount: number; discount: string }[];
  total_excluding_tax: number;
  total_taxes: {
    amount: number;
    tax_behavior: "exclusive";
    tax_rate_details: null;
    taxability_reason: "standard_rated";
    taxable_amount: number;
    type: "tax_rate_details";
  }[];
  total: number;
  /** The customer's balance before and after; what was in credit is not charged. */
  starting_balance: number;
  ending_balance: number | null;
  amount_due: number;
  amount_overpaid: number;
  amount_paid: number;
  amount_remaining: number;
  attempted: boolean;
  attempt_count: number;
  next_payment_attempt: number | null;
  period_start: number;
  period_end: number;
  hosted_invoice_url: string | null;
  invoice_pdf: string | null;
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
  amount_subtotal: number;
  amount_total: number;
  total_details: { amount_discount: number; amount_shipping: 0; amount_tax: number };
  automatic_tax: { enabled: boolean; status: "complete" | null };
  allow_promotion_codes: boolean | null;
  subscription: string | null;
  invoice: string | null;
  url: string | null;
  success_url: string;
  cancel_url: string | null;
  metadata: Metadata;
  livemode: false;
};

export type SessionOrder = {
  price: string;
  metadata: Metadata;
  automaticTax?: boolean;
  /** Whether the page writes the address it asks for into the customer. */
  keepsAddress?: boolean;
};

export type PortalConfiguration = {
  id: string;
  object: "billing_portal.configuration";
  created: number;
  updated: number;
  active: boolean;
  is_default: boolean;
  default_return_url: string | null;
  features: Record<string, unknown>;
  business_profile: Record<string, unknown>;
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
export type Card = { last4: string; behavior: "pays" | "declines" | "confirms" | "fails_later" };

/** A coupon as it was put on a subscription. */
export type Discount = {
  id: string;
  object: "discount";
  /** For the order in lists; Stripe itself says `start`. */
  created: number;
  start: number;
  end: number | null;
  customer: string | null;
  subscription: string | null;
  source: { type: "coupon"; coupon: string };
  promotion_code: string | null;
};

export type Coupon = {
  id: string;
  object: "coupon";
  created: number;
  name: string | null;
  percent_off: number | null;
  amount_off: number | null;
  currency: string | null;
  duration: "forever" | "once";
  valid: boolean;
  metadata: Metadata;
  livemode: false;
};

export type Delivery = { event: string; endpoint: string; attempts: number; nextAt: number };

export type State = {
  /** Seconds that the stand-in's clock is ahead. */
  ahead: number;
  invoices_made: number;
  customers: Record<string, Customer>;
  customers_deleted: string[];
  payment_methods: Record<string, PaymentMethod>;
  payment_intents: Record<string, PaymentIntent>;
  invoice_payments: Record<string, InvoicePayment>;
  charges: Record<string, Charge>;
  refunds: Record<string, Refund>;
  disputes: Record<string, Dispute>;
  coupons: Record<string, Coupon>;
  discounts: Record<string, Discount>;
  /** Per cent that automatic tax takes here, whatever the address. */
  tax_percent: number;
  /** Customers whose drafts cannot be finalized, as where a tax location is unknown. */
  unfinalizable: string[];
  /** The open invoice whose payment brings a subscription's pending update. */
  pending_invoices: Record<string, string>;
  /** What happens to a subscription after the last retry, as set in the dashboard. */
  after_retries: "cancel" | "unpaid" | "past_due";
  /** Invoices that were told to be overdue. */
  overdue: string[];
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
  session_orders: Record<string, SessionOrder>;
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
