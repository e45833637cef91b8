import type { EventType } from "./events";

type Json = string | number | boolean | null | { [name: string]: Json };

/** What an event's `data` holds, by an example; `null` is what a field is where there is nothing to say. */
export interface EventExample {
  data: { [name: string]: Json };
  /** The fields that may be `null`. */
  nullable: readonly string[];
}

const keyId = "key_01m844e8h3e3p9m7v0c8m4c3mz";

function ended(status: "completed" | "failed" | "cancelled"): EventExample {
  const delivered = status === "completed";
  return {
    data: {
      id: "inf_01m844e8h3e3p9m7v0c8m4c3mz",
      status,
      model: "gpt-4o",
      usage: { input_tokens: delivered ? 12 : 0, output_tokens: delivered ? 48 : 0 },
      cost_micros: delivered ? 510 : 0,
      error_code: status === "failed" ? "provider_timeout" : null,
      created_at: "2026-11-23T11:59:58.100Z",
      completed_at: "2026-11-23T12:00:00.000Z",
    },
    nullable: ["error_code"],
  };
}

/** The payload of each event as the guide shows it; a test holds them against what is sent. */
export const eventExamples = {
  "inference.completed": ended("completed"),
  "inference.failed": ended("failed"),
  "inference.cancelled": ended("cancelled"),
  "usage.threshold": {
    data: {
      limit: "quota",
      percent: 80,
      unit: "tokens",
      used: 80_112,
      amount: 100_000,
      api_key_id: null,
      period_start: "2026-11-01T00:00:00.000Z",
      period_end: "2026-12-01T00:00:00.000Z",
    },
    nullable: ["api_key_id"],
  },
  "key.created": {
    data: { id: keyId, environment: "live", expires_at: null, replaces: null },
    nullable: ["expires_at", "replaces"],
  },
  "key.expiring": {
    data: { id: keyId, environment: "live", expires_at: "2026-11-30T00:00:00.000Z" },
    nullable: [],
  },
  "key.revoked": {
    data: { id: keyId, environment: "live", expires_at: null },
    nullable: ["expires_at"],
  },
  "subscription.updated": {
    data: {
      plan: "pro",
      status: "active",
      current_period_end: "2026-12-23T12:00:00.000Z",
      cancel_at_period_end: false,
      pending_plan: null,
      ends_at: null,
      grace_ends_at: null,
      overage: false,
    },
    nullable: ["current_period_end", "pending_plan", "ends_at", "grace_ends_at"],
  },
  "invoice.payment_failed": {
    data: {
      invoice_number: "AGATHA-0042",
      amount_due_cents: 2_900,
      currency: "usd",
      needs_confirmation: false,
    },
    nullable: ["invoice_number"],
  },
  "member.added": {
    data: { id: "usr_01m844e8h3e3p9m7v0c8m4c3mz", role: "developer" },
    nullable: [],
  },
  "member.removed": {
    data: { id: "usr_01m844e8h3e3p9m7v0c8m4c3mz" },
    nullable: [],
  },
  "model.retiring": {
    data: { model: "gpt-4o", shutdown_date: "2027-03-31", days: 30, successor: "gpt-6-luna" },
    nullable: ["successor"],
  },
  "export.ready": {
    data: {
      id: "exp_01m844e8h3e3p9m7v0c8m4c3mz",
      bytes: 48_213,
      expires_at: "2026-11-30T12:00:00.000Z",
    },
    nullable: [],
  },
} as const satisfies Record<EventType, EventExample>;
