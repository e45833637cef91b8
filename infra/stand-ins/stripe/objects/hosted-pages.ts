import type { Metadata } from "./metadata";

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
  /** Whether the page saves the typed address to the customer. */
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
