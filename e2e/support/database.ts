import pg from "pg";
import { afterAll } from "vitest";

let pool: pg.Pool | undefined;

afterAll(async () => {
  await pool?.end();
  pool = undefined;
});

export async function query<Row extends pg.QueryResultRow>(
  sql: string,
  values: unknown[] = [],
): Promise<Row[]> {
  pool ??= new pg.Pool({ connectionString: process.env.DATABASE_URL, max: 2 })
    // An idle connection ends with the file's database.
    .on("error", () => undefined);
  return (await pool.query<Row>(sql, values)).rows;
}

/** Everything a request may write, counted: a refused one must leave all of it as it was. */
export async function countRows(): Promise<Record<string, number>> {
  const [row] = await query<Record<string, number>>(`
    SELECT
      (SELECT count(*)::int FROM users) AS users,
      (SELECT count(*)::int FROM organizations) AS organizations,
      (SELECT count(*)::int FROM sessions) AS sessions,
      (SELECT count(*)::int FROM refresh_tokens) AS refresh_tokens,
      (SELECT count(*)::int FROM api_keys) AS api_keys,
      (SELECT count(*)::int FROM api_keys WHERE revoked_at IS NOT NULL) AS revoked_keys,
      (SELECT count(*)::int FROM inference_requests) AS inference_requests,
      (SELECT count(*)::int FROM usage_ledger) AS usage_ledger,
      (SELECT count(*)::int FROM idempotency_keys) AS idempotency_keys,
      (SELECT coalesce(sum(reserved_tokens + used_tokens), 0)::int FROM quota_counters) AS tokens`);
  return row ?? {};
}
