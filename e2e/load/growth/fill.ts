import pg from "pg";

/** Every generated organization's id follows from its number; number 0 has two rows of five. */
export function orgId(number: number): string {
  return `00000000-0000-7000-8000-${number.toString(16).padStart(12, "0")}`;
}

export const LARGE_ORG = orgId(0);
export const SMALL_ORG = orgId(17);
const OTHER_ORGS = 200;

/** The first moments of this month and the eleven before it, oldest first. */
export function lastTwelveMonths(now: Date): Date[] {
  return Array.from(
    { length: 12 },
    (_, index) => new Date(Date.UTC(now.getUTCFullYear(), now.getUTCMonth() - 11 + index, 1)),
  );
}

/**
 * Fills twelve monthly partitions of both tables, spread evenly over each month. A partition is filled before it is
 * attached, so that its indexes are built at once and not row by row.
 */
export async function fill(databaseUrl: string, rows: number, now: Date): Promise<void> {
  const months = lastTwelveMonths(now);
  await Promise.all(
    (["inference_requests", "usage_ledger"] as const).map(async (table) => {
      const client = new pg.Client({ connectionString: databaseUrl, options: "-c TimeZone=UTC" });
      await client.connect();
      try {
        await client.query("SET maintenance_work_mem = '512MB'");
        await client.query("SET synchronous_commit = off");
        for (const [index, start] of months.entries()) {
          const end = new Date(Date.UTC(start.getUTCFullYear(), start.getUTCMonth() + 1, 1));
          await fillPartition(client, table, { index, start, end, now, rows: Math.ceil(rows / 12) });
        }
        await client.query(`VACUUM (ANALYZE) ${table}`);
      } finally {
        await client.end();
      }
    }),
  );
}

interface Month {
  index: number;
  start: Date;
  end: Date;
  now: Date;
  rows: number;
}

async function fillPartition(client: pg.Client, table: keyof typeof selections, month: Month): Promise<void> {
  const { index, start, end, now, rows } = month;
  const partition = `partitions.${table}_${start.toISOString().slice(0, 7).replace("-", "_")}`;
  const { rowCount } = await client.query("SELECT WHERE to_regclass($1) IS NOT NULL", [partition]);
  if (rowCount !== 0) {
    await client.query(`ALTER TABLE ${table} DETACH PARTITION ${partition}`);
    await client.query(`DROP TABLE ${partition}`);
  }
  await client.query(
    `CREATE TABLE ${partition} (LIKE ${table} INCLUDING DEFAULTS INCLUDING CONSTRAINTS INCLUDING STORAGE)`,
  );
  const lastMs = Math.min(end.getTime(), now.getTime() - 60_000);
  const step = (lastMs - start.getTime()) / rows;
  await client.query(`WITH made AS MATERIALIZED (${made}) INSERT INTO ${partition} ${selections[table]}`, [
    start.getTime(),
    step,
    rows,
    index,
  ]);
  await client.query(
    `ALTER TABLE ${table} ATTACH PARTITION ${partition} FOR VALUES FROM ('${start.toISOString()}') TO ('${end.toISOString()}')`,
  );
}

/**
 * The same rows for both tables: a UUIDv7 whose milliseconds are the row's time, and choices that hang on a hash of its
 * number alone. A key belongs to one member and asks mostly for one model, as keys do.
 */
const made = `
  SELECT (lpad(to_hex(ms), 12, '0') || '7' || substr(digest, 1, 3) || '8' || substr(digest, 4, 15))::uuid AS id,
    'epoch'::timestamptz + ms * interval '1 millisecond' AS created_at,
    ('00000000-0000-7000-8000-' || lpad(to_hex(CASE WHEN h % 5 < 2 THEN 0 ELSE 1 + (h / 5) % ${OTHER_ORGS} END), 12, '0'))::uuid
      AS org_id,
    ('00000000-0000-7000-9000-' || lpad(to_hex((h / 17) % 4 % 3), 12, '0'))::uuid AS user_id,
    ('00000000-0000-7000-a000-' || lpad(to_hex((h / 17) % 4), 12, '0'))::uuid AS api_key_id,
    (ARRAY['gpt-4o', 'gpt-4', 'gemini-1.5-pro', 'deepseek-chat', 'gpt-3.5-turbo'])
      [1 + ((h / 17) % 4 + CASE WHEN (h / 7) % 10 = 0 THEN 1 ELSE 0 END) % 5] AS model,
    (CASE WHEN (h / 11) % 100 < 92 THEN 'completed' WHEN (h / 11) % 100 < 98 THEN 'failed' ELSE 'cancelled' END)::request_status
      AS status,
    200 + (h / 13) % 4000 AS latency_ms, 20 + (h / 19) % 1500 AS input_tokens, 10 + (h / 23) % 900 AS output_tokens
  FROM (
    SELECT $1::bigint + floor(i * $2::float8)::bigint AS ms, md5($4::int || ':' || i) AS digest,
      hashint8(i * 12 + $4::int) & 2147483647 AS h
    FROM generate_series(0, $3::bigint - 1) AS i
  ) numbers`;

const selections = {
  inference_requests: `
    (id, created_at, org_id, user_id, api_key_id, environment, queue_name, model, provider, upstream_model, status,
      input_cipher, result_cipher, trace_id, max_output_tokens, attempts, next_attempt_at, enqueued_at, started_at,
      completed_at, finish_reason, error_code)
    SELECT id, created_at, org_id, user_id, api_key_id, 'live', 'standard', model, 'openai', model, status, '\\x01', '\\x01',
      'req_load', 1000, 1, created_at, created_at, created_at, created_at + latency_ms * interval '1 millisecond',
      CASE WHEN status = 'completed' THEN 'stop' END, CASE WHEN status = 'failed' THEN 'provider_error' END
    FROM made`,
  usage_ledger: `
    (request_id, created_at, org_id, user_id, api_key_id, environment, model, provider, upstream_model, status, billable,
      input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at)
    SELECT id, created_at, org_id, user_id, api_key_id, 'live', model, 'openai', model, status, status = 'completed',
      CASE WHEN status = 'completed' THEN input_tokens ELSE 0 END,
      CASE WHEN status = 'completed' THEN output_tokens ELSE 0 END, 'load',
      CASE WHEN status = 'completed' THEN 3 * input_tokens + 10 * output_tokens ELSE 0 END, latency_ms,
      created_at + latency_ms * interval '1 millisecond'
    FROM made`,
} as const;
