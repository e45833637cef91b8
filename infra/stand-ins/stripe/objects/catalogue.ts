import type { Metadata } from "./metadata";

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
  /** Null for a unit price below one cent. */
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

/** An event as received. Its customer may be unknown: Stripe notices that later and counts nothing. */
export type MeterEvent = {
  identifier: string;
  meter: string;
  customer: string;
  value: number;
  /** By the caller's clock. */
  timestamp: number;
  /** By the stand-in's clock, which may have been moved on; decides in which period it is billed. */
  at: number;
  created: number;
};
