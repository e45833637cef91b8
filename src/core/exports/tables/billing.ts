import { byId, id, inNoExport, of, ofOrganizations, ours, type TableExport, values } from "./table-export";

/** Tables of plans, payments, limits and their use. */
export const billingTables = {
  subscriptions: {
    person: ofOrganizations,
    organization: of("org_id", [["org_id", "uuid"]]),
    columns: {
      org_id: id("org"),
      ...values("plan", "status", "stripe_customer_id", "stripe_subscription_id", "current_period_start"),
      ...values("current_period_end", "cancel_at_period_end", "pending_plan", "grace_ends_at"),
      ...values("custom_monthly_tokens", "custom_rpm", "monthly_cap_micros", "quota_since", "overage"),
      ...values("lapsed_at", "ends_at", "unpaid_since", "due_micros", "due_url", "due_confirm", "created_at"),
      ...values("updated_at"),
    },
  },
  stripe_events: inNoExport("It holds ids of Stripe’s messages, whose effect is in the subscription."),
  billing_emails: {
    person: ofOrganizations,
    organization: of("org_id", [["key", "text"]]),
    columns: { org_id: id("org"), ...values("key", "created_at") },
  },
  billing_incidents: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("bin"),
      org_id: id("org"),
      handled_by: ours,
      ...values("kind", "object_id", "state", "micros", "subscription_id", "plan_lost_until", "created_at"),
      ...values("updated_at", "notified_at", "handled_at"),
    },
  },
  plan_overrides: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("ovr"),
      org_id: id("org"),
      created_by: ours,
      ended_by: ours,
      ...values("plan", "monthly_tokens", "requests_per_minute", "price_cents", "reason", "created_at"),
      ...values("expires_at", "ended_at", "stripe_subscription_id", "stripe_ended_at", "pages_closed_at"),
    },
  },
  quota_counters: {
    person: ofOrganizations,
    organization: of("org_id", [["starts_at", "timestamptz"]]),
    columns: {
      org_id: id("org"),
      ...values("starts_at", "limit_tokens", "granted_tokens", "used_tokens", "reserved_tokens"),
      ...values("cap_micros", "spent_micros", "reserved_micros", "updated_at"),
    },
  },
  key_spend: {
    person: ofOrganizations,
    organization: of("org_id", [
      ["month", "date"],
      ["key_id", "uuid"],
    ]),
    columns: {
      key_id: id("key"),
      org_id: id("org"),
      ...values("month", "cap_micros", "spent_micros", "reserved_micros", "updated_at"),
    },
  },
  overage_reports: {
    person: ofOrganizations,
    organization: of("org_id", [
      ["used_at", "timestamptz"],
      ["request_id", "uuid"],
    ]),
    columns: {
      request_id: id("inf"),
      org_id: id("org"),
      ...values("micros", "used_at", "reported_at", "refused_at", "refusal"),
    },
  },
  overage_differences: {
    person: ofOrganizations,
    organization: of("org_id", [["day", "date"]]),
    columns: {
      org_id: id("org"),
      ...values("day", "ours_micros", "stripes_micros", "found_at", "checked_at", "resolved_at"),
    },
  },
  usage_alerts: {
    person: ofOrganizations,
    organization: of("org_id", [
      ["starts_at", "timestamptz"],
      ["subject_id", "uuid"],
      ["kind", "text"],
      ["percent", "int"],
      ["limit_amount", "bigint"],
    ]),
    columns: {
      subject_id: { kind: "id", prefix: ({ subject_id, org_id }) => (subject_id === org_id ? "org" : "key") },
      org_id: id("org"),
      ...values("starts_at", "ends_at", "kind", "percent", "limit_amount", "created_at", "emailed_at"),
    },
  },
} satisfies Record<string, TableExport>;
