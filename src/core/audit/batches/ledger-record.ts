/**
 * The text that a ledger row's leaf hash is made of: a JSON array of fixed length and order, of every column but two that are our own
 * bookkeeping (`settled_xid`, `lease_id`). PostgreSQL makes it, of table `u`, with functions of its own alone.
 */
export const ledgerText = `json_build_array('agathaai-ledger-1', u.request_id, ${iso("created_at")}, u.org_id, u.user_id, u.api_key_id, u.environment,
  u.endpoint, u.model, u.provider, u.upstream_model, u.status, u.billable, u.input_tokens, u.cached_input_tokens, u.cache_write_tokens,
  u.long_cache_write_tokens, u.output_tokens, u.reasoning_tokens, u.service_tier, u.long_context, u.regional, u.usage_defect, u.price_version,
  u.cost_micros, u.reserved_tokens, u.reserved_micros, u.overage_tokens, u.overage_micros, u.own_key, u.provider_micros, u.cache_age_seconds,
  u.estimated, u.latency_ms, u.first_byte_ms, u.finish_reason, u.attempts, ${iso("settled_at")})::text`;

function iso(column: string): string {
  return `to_char(u.${column} AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.MS"Z"')`;
}
