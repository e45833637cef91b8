import type { Environment } from "@agathaai/core/platform";
import { query } from "../../support/database";
import type { Tenant } from "./tenants";

/** The columns that the sender of webhooks writes at its own times, independent of calls to the API. */
const bySender: Partial<Record<string, readonly string[]>> = {
  webhook_deliveries: ["attempts", "retries", "next_attempt_at", "last_error", "last_status"],
  webhook_endpoints: ["failing_since"],
};

/** Every row that belongs to the tenant, of every table that has owners. */
export async function rowsOf({
  orgId,
  userIds,
}: Pick<Tenant, "orgId" | "userIds">): Promise<Record<string, string[]>> {
  const owned = await query<{ table: string; column: string }>(`
    SELECT c.relname AS "table", a.attname AS "column" FROM pg_class c
    JOIN pg_namespace n ON n.oid = c.relnamespace AND n.nspname = 'public'
    JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
    WHERE c.relkind IN ('r', 'p') AND NOT c.relispartition
      AND (a.attname IN ('org_id', 'user_id', 'subject_id', 'chain_id') OR (a.attname = 'id' AND c.relname IN ('users', 'organizations')))
    ORDER BY 1, 2`);
  const rows: Record<string, string[]> = {};
  for (const { table, column } of owned) {
    const found = await query<{ row: string }>(
      `SELECT (to_jsonb(t) - $2::text[])::text AS row FROM "${table}" t WHERE t."${column}"::text = ANY($1) ORDER BY 1`,
      [[orgId, ...userIds], bySender[table] ?? []],
    );
    rows[`${table}.${column}`] = found.map(({ row }) => row);
  }
  return rows;
}

/** What an organization has in one environment, but for the moments that its own keys were last used at. */
export async function rowsOfWorld(orgId: string, environment: Environment): Promise<string[]> {
  const rows = await query<{ row: string }>(
    `SELECT (to_jsonb(k) - 'last_used_at')::text AS row FROM api_keys k WHERE org_id = $1 AND environment = $2::environment
     UNION ALL SELECT to_jsonb(r)::text FROM inference_requests r WHERE org_id = $1 AND environment = $2::environment
     UNION ALL SELECT to_jsonb(u)::text FROM usage_ledger u WHERE org_id = $1 AND environment = $2::environment
     UNION ALL SELECT to_jsonb(i)::text FROM idempotency_keys i WHERE org_id = $1 AND operation LIKE '%:' || $2
     UNION ALL SELECT to_jsonb(q)::text FROM quota_counters q WHERE org_id = $1 AND $2 = 'live'
     ORDER BY 1`,
    [orgId, environment],
  );
  return rows.map(({ row }) => row);
}
