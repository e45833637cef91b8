/** What the API document shows. A test holds each against its schema. */

const inferenceId = "inf_01m844dwt2emvr8rasx2tvmp16";
const links = {
  self: `/api/v1/inference/${inferenceId}`,
  result: `/api/v1/inference/${inferenceId}/result`,
  cancel: `/api/v1/inference/${inferenceId}/cancel`,
};
const head = {
  id: inferenceId,
  model: "gpt-4o",
  environment: "live",
  created_at: "2026-11-23T11:59:57.250Z",
  metadata: { customer: "42" },
};

export const inferenceRequestExample = {
  model: "gpt-4o",
  messages: [{ role: "user", content: "Name three kinds of agate." }],
  max_tokens: 200,
  metadata: { customer: "42" },
};

export const acceptedExample = { ...head, status: "queued", links };

export const quoteExample = {
  model: "gpt-4o",
  environment: "live",
  price_version: "gpt-4o@2024-08-06",
  max_output_tokens: 200,
  estimate: { input_tokens: 11, output_tokens: 12, cost_micros: 148 },
  most: { input_tokens: 75, output_tokens: 200, total_tokens: 275, cost_micros: 2_188 },
  reserved_tokens: 275,
  reserved_micros: 2_188,
  input_tokens: { estimate: 11, most: 75 },
  tokens_reserved: 275,
  cost_micros: { estimate: 148, most: 2_188 },
  quota: {
    limit: 1_000_000,
    used: 117_355,
    reserved: 2_048,
    remaining: 880_597,
    overage: false,
    fits: true,
  },
  spend: { cap_micros: 20_000_000, spent_micros: 564_250, reserved_micros: 10_400, fits: true },
  key_spend: { cap_micros: null, spent_micros: 564_250, reserved_micros: 10_400, fits: true },
  fits: true,
};

export const statusExample = {
  ...head,
  status: "processing",
  started_at: "2026-11-23T11:59:57.310Z",
  completed_at: null,
  cancel_requested: false,
  links,
  error: null,
};

export const resultExample = {
  ...head,
  status: "completed",
  output: { role: "assistant", content: "Moss agate, fire agate and blue lace agate." },
  finish_reason: "stop",
  usage: {
    input_tokens: 14,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 12,
    reasoning_tokens: 0,
    total_tokens: 26,
  },
  cost_micros: 155,
  completed_at: "2026-11-23T12:00:00.000Z",
  error: null,
};

export const meExample = {
  user: {
    id: "usr_01m844dwt2etpt2njabpgm4770",
    email: "ada@example.com",
    name: "Ada Lovelace",
    email_verified: true,
    role: "user",
    created_at: "2026-11-23T11:50:00.000Z",
  },
  organization: {
    id: "org_01m844dwt2es58jy11pw6hc0y8",
    name: "Ada Lovelace",
    personal: true,
    role: "owner",
    plan: "free",
    created_at: "2026-11-23T11:50:00.000Z",
  },
  scopes: ["inference:write", "inference:read", "keys:read", "keys:write"],
};

export const signedInExample = {
  ...meExample,
  access_token: "eyJhbGciOiJSUzI1NiIs…",
  refresh_token: "q83fK0l2…",
  token_type: "Bearer",
  expires_in: 900,
};

export const keyExample = {
  id: "key_01m844dwt2e7xshsqpzrgk79p6",
  name: "Production backend",
  environment: "live",
  status: "active",
  prefix: "agt_live_4fQz",
  last_four: "9sXe",
  scopes: ["inference:write", "inference:read", "models:read"],
  models: [],
  ip_allowlist: [],
  rpm_limit: null,
  cache_ttl_seconds: null,
  monthly_cap_micros: null,
  spent_this_month_micros: 1_240_000,
  created_by: meExample.user.id,
  created_at: "2026-11-23T11:58:00.000Z",
  expires_at: null,
  last_used_at: null,
  grace_ends_at: null,
  revoked_at: null,
  suspension_reason: null,
  predecessor_id: null,
  successor_id: null,
  service_account_id: null,
};

export const createdKeyExample = { ...keyExample, secret: "agt_live_4fQz…9sXe" };

const usageMeasures = {
  requests: 412,
  completed: 405,
  failed: 5,
  cancelled: 2,
  errors: 5,
  input_tokens: 81_240,
  cached_input_tokens: 9_600,
  cache_write_tokens: 0,
  output_tokens: 36_115,
  reasoning_tokens: 0,
  total_tokens: 117_355,
  cost_micros: 564_250,
  cache_hits: 14,
  byok_requests: 0,
  byok_fee_micros: 0,
  provider_cost_micros: 0,
  latency_ms: { p50: 987, p95: 3_948 },
};

export const usageExample = {
  from: "2026-11-23T00:00:00.000Z",
  to: "2026-11-24T00:00:00.000Z",
  interval: "day",
  group_by: "model",
  totals: usageMeasures,
  data: [{ start: "2026-11-23T00:00:00.000Z", group: { id: "gpt-4o", label: "gpt-4o" }, ...usageMeasures }],
  refreshed_at: "2026-11-23T12:00:00.000Z",
};

export const usageFileExample =
  "start,group_id,group,requests,completed,failed,cancelled,input_tokens,cached_input_tokens,cache_write_tokens,output_tokens,reasoning_tokens,total_tokens,cost_usd,latency_p50_ms,latency_p95_ms,cache_hits,byok_requests,byok_fee_usd,provider_cost_usd\r\n2026-11-23T00:00:00.000Z,gpt-4o,gpt-4o,412,405,5,2,81240,9600,0,36115,0,117355,0.564250,987,3948,14,0,0.000000,0.000000\r\n";

export const historyItemExample = {
  ...head,
  status: "completed",
  endpoint: "/api/v1/inference",
  stored: true,
  api_key_id: keyExample.id,
  completed_at: resultExample.completed_at,
  usage: resultExample.usage,
  cost_micros: resultExample.cost_micros,
  latency_ms: 2_750,
  error: null,
  links,
};

export const detailExample = {
  ...resultExample,
  endpoint: "/api/v1/inference",
  stored: true,
  provider: "openai",
  served_by: "gpt-4o",
  started_at: statusExample.started_at,
  cancel_requested: false,
  parameters: { max_tokens: 200 },
  max_output_tokens: 200,
  messages: inferenceRequestExample.messages,
  latency_ms: 2_750,
  timeline: [
    { at: head.created_at, event: "accepted" },
    { at: statusExample.started_at, event: "attempt_started", attempt: 1 },
    { at: resultExample.completed_at, event: "attempt_ended", attempt: 1, outcome: "completed" },
    { at: resultExample.completed_at, event: "completed" },
  ],
  receipt: {
    billable: true,
    price_version: "gpt-4o@2024-08-06",
    input_price_per_million_micros: 2_500_000,
    cached_input_price_per_million_micros: 1_250_000,
    cache_write_price_per_million_micros: 2_500_000,
    long_cache_write_price_per_million_micros: 2_500_000,
    long_cache_write_tokens: 0,
    output_price_per_million_micros: 10_000_000,
    service_tier: "default",
    long_context: false,
    regional_percent: 100,
    cost_micros: 155,
    reserved_tokens: 275,
    reserved_micros: 2_188,
    overage_tokens: 0,
    overage_micros: 0,
    byok: false,
    provider_cost_micros: 0,
    cache_age_seconds: null,
  },
  trace_id: "req_019ab7d1c4f27a3e9d5b6c8f0a1e2d3c",
  links,
};

export const deletedRequestExample = { id: inferenceId, object: "inference", deleted: true };

export const rateLimitExample = {
  plan: "pro",
  requests: { limit: 100, remaining: 97, reset_at: "2026-11-23T12:01:00.000Z", window_seconds: 60 },
  key_requests: null,
  tokens: {
    limit: 1_000_000,
    used: 117_355,
    reserved: 2_048,
    remaining: 880_597,
    reset_at: "2026-12-01T00:00:00.000Z",
  },
};

export const auditEntryExample = {
  id: "aud_01m844dwt2e7xshsqpzrgk79p6",
  sequence: 42,
  created_at: "2026-11-23T11:58:00.000Z",
  action: "key.created",
  outcome: "succeeded",
  actor: { type: "user", id: meExample.user.id },
  target: { type: "key", id: keyExample.id },
  request_id: null,
  details: { environment: "live", scopes: "inference:write inference:read models:read" },
};

export const auditFileExample = {
  csv: `id,sequence,created_at,action,outcome,actor_type,actor_id,target_type,target_id,request_id,details\r\n${auditEntryExample.id},42,2026-11-23T11:58:00.000Z,key.created,succeeded,user,${meExample.user.id},key,${keyExample.id},,"{""environment"":""live""}"\r\n`,
  jsonl: `${JSON.stringify(auditEntryExample)}\n`,
};

export const callingKeyExample = {
  id: keyExample.id,
  name: keyExample.name,
  environment: keyExample.environment,
  scopes: keyExample.scopes,
  models: [],
  expires_at: null,
  monthly_cap_micros: 20_000_000,
  spent_this_month_micros: keyExample.spent_this_month_micros,
  remaining_micros: 18_757_812,
  limits: rateLimitExample,
};

export const generationExample = {
  id: inferenceId,
  object: "generation",
  status: "completed",
  environment: "live",
  model: "gpt-4o",
  provider: "openai",
  endpoint: "/v1/chat/completions",
  served_by: "gpt-4o",
  usage: resultExample.usage,
  estimated: false,
  finish_reason: "stop",
  attempts: [
    { model: "gpt-4o", provider: "openai", outcome: "completed", ms: 2_741, credential: "agathaai-1" },
  ],
  cost_micros: resultExample.cost_micros,
  receipt: detailExample.receipt,
  first_byte_ms: 410,
  latency_ms: 2_750,
  created_at: head.created_at,
  ended_at: resultExample.completed_at,
};
