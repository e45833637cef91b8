import type { Metadata } from "./metadata";

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

/** Links an intent to the invoice it pays. */
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
