import type { Metadata } from "./metadata";

export type Customer = {
  id: string;
  object: "customer";
  created: number;
  email: string | null;
  name: string | null;
  address: Address | null;
  phone: string | null;
  shipping: null;
  /** In cents; below zero is credit for the next invoices. */
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

export type TaxId = {
  id: string;
  object: "tax_id";
  created: number;
  customer: string;
  type: string;
  value: string;
  livemode: false;
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

/** How the customer's card behaves, like Stripe's test card numbers. */
export type Card = { last4: string; behavior: "pays" | "declines" | "confirms" | "fails_later" };

/** A coupon applied to a subscription. */
export type Discount = {
  id: string;
  object: "discount";
  /** For the order of lists; Stripe calls it `start`. */
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
