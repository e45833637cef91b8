import type { Metadata } from "./metadata";

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
  /** An id; responses contain the price as it is then. */
  price: string;
  /** Absent for metered prices. */
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
  /** The customer portal sets only this; the API's `cancel_at_period_end` sets both. */
  cancel_at: number | null;
  cancel_at_period_end: boolean;
  canceled_at: number | null;
  cancellation_details: { comment: null; feedback: null; reason: string | null };
  ended_at: number | null;
  automatic_tax: { enabled: boolean; disabled_reason: null; liability: { type: "self" } | null };
  billing_mode: { type: "flexible"; flexible: { proration_discounts: "included" } };
  default_payment_method: string | null;
  discounts: string[];
  /** A change that waits for payment and has no effect before. */
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

/** The period of a metered item, billed when it is over. */
export type UsagePeriod = { price: string; start: number; end: number };
