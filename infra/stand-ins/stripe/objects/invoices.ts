import type { Metadata } from "./metadata";

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
  /** Assigned when it is finalized. */
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
  /** When a draft is finalized; until then late usage is added. */
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
  /** The customer's balance before and after. Credit is not charged. */
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
