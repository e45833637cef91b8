import { fromPublicId } from "../../../src/core/platform";
import { onDatabase } from "./database";

/**
 * Ledger rows of the key over this month and the one before: busier by day than by night, on weekdays than on weekends,
 * and a little more each week; mostly one model, some failures. Every choice hangs on a hash of the row's number, so
 * that two runs on one day draw the same charts.
 */
export async function seedUsage(keyId: string, requests = 4_000): Promise<void> {
  await onDatabase(async (client) => {
    const key = fromPublicId("key", keyId);
    await client.query(rows, [key, requests]);
    await client.query(counters, [key]);
    await client.query(spend, [key]);
  });
}

const rows = `
  WITH span AS (
    SELECT date_trunc('month', now()) - interval '1 month' AS start, now() - interval '5 minutes' AS stop
  ), drawn AS (
    SELECT i, hashint8(i) & 2147483647 AS h, hashint8(i + 1000003) & 2147483647 AS g,
      start + (stop - start) * power(((hashint8(i) & 2147483647) % 100000) / 100000.0, 0.8) AS at
    FROM span, generate_series(1, $2::bigint) AS i
  ), kept AS (
    SELECT *, (extract(epoch FROM at) * 1000)::bigint AS ms FROM drawn
    WHERE (extract(isodow FROM at) < 6 OR g % 3 = 0) AND (extract(hour FROM at) BETWEEN 6 AND 20 OR g % 4 = 0)
  ), made AS (
    SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(md5(i::text || $1::uuid::text), 1, 3) || '8' || substr(md5(i::text || $1::uuid::text), 4, 15))::uuid AS id,
      'epoch'::timestamptz + ms * interval '1 millisecond' AS created_at, g, h,
      (ARRAY['gpt-4o', 'gpt-4o', 'gpt-4o', 'gemini-pro', 'gemini-pro', 'deepseek-chat', 'gpt-3.5-turbo'])[1 + g % 7] AS model,
      (CASE WHEN g % 100 < 96 THEN 'completed' WHEN g % 100 < 99 THEN 'failed' ELSE 'cancelled' END)::request_status AS status,
      4 + h % 40 AS input_tokens, 2 + g % 26 AS output_tokens
    FROM kept
  )
  INSERT INTO usage_ledger (request_id, created_at, org_id, user_id, api_key_id, environment, model, provider,
    upstream_model, status, billable, input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at,
    endpoint)
  SELECT made.id, made.created_at, k.org_id, k.created_by, k.id, 'live', model,
    CASE WHEN model LIKE 'gpt%' THEN 'openai' WHEN model LIKE 'gem%' THEN 'gemini' ELSE 'deepseek' END, model, status,
    status = 'completed', CASE WHEN status = 'completed' THEN input_tokens ELSE 0 END,
    CASE WHEN status = 'completed' THEN output_tokens ELSE 0 END, 'seed',
    CASE WHEN status = 'completed' THEN 250 * (3 * input_tokens + 12 * output_tokens) ELSE 0 END, 350 + h % 1900,
    made.created_at + interval '1 second',
    (ARRAY['/v1/chat/completions', '/v1/chat/completions', NULL])[1 + h % 3]
  FROM made, api_keys k WHERE k.id = $1::uuid`;

const counters = `
  INSERT INTO quota_counters (org_id, starts_at, used_tokens, spent_micros, updated_at)
  SELECT org_id, date_trunc('month', now(), 'UTC'), sum(input_tokens + output_tokens), sum(cost_micros), now()
  FROM usage_ledger
  WHERE org_id = (SELECT org_id FROM api_keys WHERE id = $1::uuid) AND created_at >= date_trunc('month', now())
  GROUP BY org_id
  ON CONFLICT (org_id, starts_at) DO UPDATE SET used_tokens = excluded.used_tokens, spent_micros = excluded.spent_micros`;

const spend = `
  INSERT INTO key_spend (key_id, org_id, month, spent_micros, updated_at)
  SELECT k.spend_id, k.org_id, date_trunc('month', now())::date, sum(l.cost_micros), now()
  FROM api_keys k JOIN usage_ledger l ON l.api_key_id = k.id AND l.created_at >= date_trunc('month', now())
  WHERE k.id = $1::uuid
  GROUP BY k.spend_id, k.org_id
  ON CONFLICT (key_id, month) DO UPDATE SET spent_micros = excluded.spent_micros`;
