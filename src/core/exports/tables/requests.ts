import { copiedColumns, readArchives } from "../../inference";
import {
  byTime,
  id,
  index,
  inNoExport,
  inner,
  inTable,
  leftOut,
  of,
  ofOrganizations,
  type Row,
  secret,
  type TableExport,
  text,
  values,
} from "./table-export";

const byGeneration = ({ generation_id: generation, first_event: first }: Row) => `${generation}:${first}`;

/** Tables of requests and calls: what was asked, what was answered, and what it took. */
export const requestTables = {
  inference_requests: {
    person: ofOrganizations,
    organization: of("org_id", byTime, { byEnvironment: true }),
    columns: {
      id: id("inf"),
      org_id: id("org"),
      user_id: id("usr"),
      api_key_id: id("key"),
      input_cipher: text("inference_requests", "input_cipher"),
      result_cipher: text("inference_requests", "result_cipher"),
      metadata_cipher: text("inference_requests", "metadata_cipher"),
      metadata_index: index,
      spend_id: id("key"),
      lease_owner: inner,
      ...values("created_at", "environment", "queue_name", "model", "provider", "upstream_model", "status"),
      ...values("parameters", "trace_id", "max_output_tokens", "reserved_tokens", "reserved_micros"),
      ...values(
        "quota_month",
        "quota_period",
        "overage_from",
        "attempts",
        "max_attempts",
        "lease_expires_at",
      ),
      ...values("enqueued_at", "next_attempt_at", "started_at", "completed_at", "cancel_requested_at"),
      ...values("finish_reason", "error_code", "error_message", "error_param", "attempt_log", "deleted_at"),
      ...values("endpoint", "own_key_only", "own_key_fee_percent"),
    },
  },
  request_archives: {
    person: ofOrganizations,
    organization: of("org_id", [
      ["environment", "environment"],
      ["first_id", "uuid"],
    ]),
    columns: {
      id: inner,
      org_id: id("org"),
      first_id: id("inf"),
      last_id: id("inf"),
      key_cipher: secret,
      deleted_ids: leftOut("They were deleted from the history."),
      ...values("environment", "requests", "bytes", "rewrite_at", "created_at", "stored_at"),
    },
    file: {
      columns: {
        ...values(...copiedColumns, "input", "result", "metadata"),
        id: id("inf"),
        org_id: id("org"),
        user_id: id("usr"),
        api_key_id: id("key"),
        spend_id: id("key"),
      },
      read: readArchives,
    },
  },
  request_retentions: inNoExport("It says how far the requests of an organization are past their time."),
  generations: {
    person: ofOrganizations,
    organization: of("org_id", byTime),
    columns: {
      id: id("inf"),
      process_id: inner,
      org_id: id("org"),
      // Encrypted for the request that it may become.
      input_cipher: text("inference_requests", "input_cipher"),
      metadata_cipher: text("inference_requests", "metadata_cipher"),
      metadata_index: index,
      ...values("created_at", "environment", "endpoint", "model", "streamed", "include_usage", "resumable"),
      ...values("headers", "usage", "error", "too_long", "written_at", "expires_at", "stored", "filed_at"),
      ...values("stop_asked_at"),
      ...values("max_output_tokens", "trace_id"),
    },
  },
  generation_parts: {
    person: ofOrganizations,
    organization: {
      where: (orgId) => inTable("generation_id", "generations", orgId),
      key: [
        ["generation_id", "uuid"],
        ["first_event", "int"],
      ],
    },
    columns: {
      generation_id: id("inf"),
      cipher: text("generation_parts", "cipher", byGeneration),
      ...values("first_event", "events"),
    },
  },
  usage_ledger: {
    person: ofOrganizations,
    organization: of(
      "org_id",
      [
        ["created_at", "timestamptz"],
        ["request_id", "uuid"],
      ],
      { byEnvironment: true },
    ),
    columns: {
      request_id: id("inf"),
      org_id: id("org"),
      user_id: id("usr"),
      api_key_id: id("key"),
      settled_xid: inner,
      lease_id: inner,
      ...values("created_at", "environment", "model", "provider", "upstream_model", "status", "billable"),
      ...values("input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens", "price_version"),
      ...values("cost_micros", "reserved_tokens", "reserved_micros", "overage_tokens", "overage_micros"),
      ...values("latency_ms", "endpoint", "estimated", "first_byte_ms", "finish_reason", "attempts"),
      ...values(
        "settled_at",
        "cache_write_tokens",
        "long_cache_write_tokens",
        "service_tier",
        "long_context",
      ),
      ...values("regional", "usage_defect", "own_key", "provider_micros", "cache_age_seconds"),
    },
  },
  usage_statistics_history: {
    person: ofOrganizations,
    organization: of("org_id", [
      ["grain", "int"],
      ["environment", "environment"],
      ["bucket", "timestamptz"],
      ["id", "bigint"],
    ]),
    columns: {
      id: inner,
      org_id: id("org"),
      api_key_id: id("key"),
      user_id: id("usr"),
      ...values("grain", "environment", "bucket", "model", "status", "requests", "completed", "failed"),
      ...values("cancelled", "input_tokens", "cached_input_tokens", "output_tokens", "reasoning_tokens"),
      ...values("cost_micros", "endpoint", "cache_write_tokens", "cache_hits", "own_key_requests"),
      ...values("own_key_micros", "provider_micros", "latency_buckets", "latency_counts", "latency_lows"),
      ...values("latency_highs"),
    },
  },
} satisfies Record<string, TableExport>;
