import {
  byId,
  byTime,
  id,
  inNoExport,
  inner,
  inTable,
  of,
  ofOrganizations,
  ours,
  secret,
  type TableExport,
  text,
  values,
} from "./table-export";

/** Tables of what an organization sets up: itself, its keys, apps and webhooks. */
export const organizationTables = {
  organizations: {
    person: ofOrganizations,
    organization: of("id", byId),
    columns: {
      id: id("org"),
      name_cipher: text("organizations", "name_cipher"),
      ...values(
        "personal",
        "created_at",
        "updated_at",
        "deleted_at",
        "storage",
        "retention_days",
        "archive_days",
      ),
      ...values("two_factor_required", "developers_see_all"),
      ...values("suspended_at", "suspension_reason"),
      suspended_by: ours,
    },
  },
  custom_roles: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("rol"),
      org_id: id("org"),
      created_by: id("usr"),
      ...values("name", "base", "permissions", "created_at", "updated_at"),
    },
  },
  api_keys: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("key"),
      org_id: id("org"),
      created_by: id("usr"),
      secret_hash: secret,
      spend_id: id("key"),
      predecessor_id: id("key"),
      successor_id: id("key"),
      revoked_by: id("usr"),
      ...values(
        "name",
        "environment",
        "prefix",
        "last_four",
        "scopes",
        "models",
        "ip_allowlist",
        "rpm_limit",
      ),
      ...values("cache_ttl_seconds", "monthly_cap_micros", "expires_at", "grace_ends_at", "last_used_at"),
      ...values("created_at", "revoked_at", "suspended_at", "suspension_reason"),
      suspended_by: ours,
    },
  },
  provider_keys: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("pky"),
      org_id: id("org"),
      key_cipher: secret,
      created_by: id("usr"),
      ...values("provider", "position", "fallback", "last_four", "created_at", "rotated_at"),
    },
  },
  organization_domains: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("dom"),
      org_id: id("org"),
      created_by: id("usr"),
      ...values("domain", "proof", "verified_at", "checked_at", "missing_since", "lost_at", "notified_at"),
      ...values("created_at"),
    },
  },
  company_connections: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("con"),
      org_id: id("org"),
      secret_cipher: secret,
      created_by: id("usr"),
      ...values("issuer", "client_id", "default_role", "enforced", "created_at", "updated_at"),
    },
  },
  company_sign_in_requests: inNoExport("It holds sign-ins that are under way, for ten minutes, as hashes."),
  oauth_apps: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("app"),
      org_id: id("org"),
      secret_hash: secret,
      previous_secret_hash: secret,
      logo: { kind: "bytes" },
      created_by: id("usr"),
      ...values("name", "homepage_url", "redirect_uris", "scopes", "previous_secret_until", "created_at"),
      ...values("updated_at"),
    },
  },
  webhook_endpoints: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("whe"),
      org_id: id("org"),
      secret_cipher: secret,
      previous_secret_cipher: secret,
      created_by: id("usr"),
      ...values("environment", "url", "description", "events", "previous_secret_until", "failing_since"),
      ...values("disabled_at", "disabled_because", "notified_at", "created_at", "updated_at"),
    },
  },
  webhook_deliveries: {
    person: ofOrganizations,
    organization: of("org_id", byTime),
    columns: {
      id: id("whd"),
      endpoint_id: id("whe"),
      org_id: id("org"),
      event_id: id("evt"),
      ...values("event", "payload", "status", "attempts", "retries", "next_attempt_at", "last_status"),
      ...values("last_error", "created_at", "delivered_at"),
    },
  },
  webhook_attempts: {
    person: ofOrganizations,
    organization: inDeliveries(),
    columns: {
      delivery_id: id("whd"),
      ...values("number", "at", "duration_ms", "status", "error", "response"),
    },
  },
  response_caches: {
    person: ofOrganizations,
    organization: of("org_id", [["org_id", "uuid"]]),
    columns: { org_id: id("org"), ...values("purges", "purged_at") },
  },
  cached_bytes: {
    person: ofOrganizations,
    organization: of("org_id", [["org_id", "uuid"]]),
    columns: { org_id: id("org"), ...values("bytes") },
  },
  cached_answers: inNoExport(
    "It holds copies of answers for a limited time, found only by the request itself.",
  ),
  idempotency_keys: inNoExport("It holds copies of responses for a day. What they created is exported."),
  open_calls: {
    person: ofOrganizations,
    organization: of("org_id", byId),
    columns: {
      id: id("inf"),
      process_id: inner,
      org_id: id("org"),
      user_id: id("usr"),
      api_key_id: id("key"),
      spend_id: id("key"),
      lease_id: inner,
      ...values(
        "created_at",
        "environment",
        "endpoint",
        "model",
        "provider",
        "upstream_model",
        "price_version",
      ),
      ...values("reserved_tokens", "reserved_micros", "quota_month", "quota_period", "overage_from"),
    },
  },
} satisfies Record<string, TableExport>;

function inDeliveries(): TableExport["organization"] {
  return {
    where: (orgId) => inTable("delivery_id", "webhook_deliveries", orgId),
    key: [
      ["delivery_id", "uuid"],
      ["number", "int"],
    ],
  };
}
