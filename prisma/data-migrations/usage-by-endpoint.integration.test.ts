import type pg from "pg";
import { afterAll, beforeAll, expect, inject, it } from "vitest";
import { type KeyPrincipal, newId, timeOfId } from "../../src/core/platform";
import { createDb } from "../../src/core/platform/db/client";
import { getUsage, refreshUsageStatistics, usageQuerySchema } from "../../src/core/usage";
import { dropDatabase, withDatabase } from "../database";
import { migrateAround } from "./migrate-around";

const MIGRATION = "20261128010000_usage_by_endpoint";
const url = withDatabase(inject("sharedServices").databaseUrl, `usage_by_endpoint_${process.pid}`);
const orgId = newId();
const [october, november, january] = ["2026-10-10", "2026-11-29", "2027-01-10"].map(
  (day) => new Date(`${day}T12:00:00Z`),
) as [Date, Date, Date];

// An installation that migrates in January: October and November are in its history, by models and keys alone.
beforeAll(() => migrateAround(url, MIGRATION, fill), 120_000);
afterAll(() => dropDatabase(url));

async function fill(client: pg.Client): Promise<void> {
  await client.query("SELECT partitions.ensure('usage_ledger', 'month', '2026-10-01'::date, 4)");
  await used(client, october, { endpoint: null, written: 0 });
  await used(client, november, { endpoint: null, written: 0 });
  await used(client, november, { endpoint: "/v1/embeddings", written: 0 });
  await used(client, january, { endpoint: "/v1/chat/completions", written: 3 });
  for (const [bucket, requests] of [
    ["2026-10-10", 1],
    ["2026-11-29", 2],
  ]) {
    await client.query(
      `INSERT INTO usage_statistics_history (org_id, grain, environment, bucket, api_key_id, user_id, model, status,
         requests, completed, failed, cancelled, input_tokens, cached_input_tokens, output_tokens, reasoning_tokens, cost_micros)
       VALUES ($1, 15, 'live', $2::timestamptz, '00000000-0000-0000-0000-000000000000',
         '00000000-0000-0000-0000-000000000000', '', '', $3::bigint, $3::bigint, 0, 0, $3::bigint * 10, 0, 0, 0, $3::bigint)`,
      [orgId, `${bucket}T00:00:00Z`, requests],
    );
  }
  await client.query(
    "UPDATE usage_marks SET boundary = '2026-12-01Z', history_xid = pg_current_xact_id()::text::bigint, recent_xid = pg_current_xact_id()::text::bigint",
  );
}

async function used(
  client: pg.Client,
  at: Date,
  { endpoint, written }: { endpoint: string | null; written: number },
) {
  const id = newId(at);
  await client.query(
    `INSERT INTO usage_ledger (request_id, created_at, org_id, environment, model, provider, upstream_model, status, billable,
       input_tokens, output_tokens, price_version, cost_micros, latency_ms, settled_at, endpoint, cache_write_tokens)
     VALUES ($1, $2, $3, 'live', 'm', 'p', 'm', 'completed', true, 10, 0, 'v', 1, 1, now(), $4, $5)`,
    [id, timeOfId(id), orgId, endpoint, written],
  );
}

it("what was gathered before is shown under its own endpoint, before the first refresh and after it", async () => {
  const db = createDb({ url, poolMax: 2 });
  const principal: KeyPrincipal = {
    kind: "key",
    orgId,
    plan: "pro",
    requestsPerMinute: 100,
    environment: "live",
    scopes: new Set(["usage:read", "requests:read_all"]),
    apiKeyId: newId(),
    spendId: newId(),
    userId: null,
    models: [],
    rpmLimit: null,
  };
  const query = usageQuerySchema.parse({
    interval: "month",
    group_by: "endpoint",
    from: "2026-10-01T00:00:00Z",
    to: "2027-02-01T00:00:00Z",
  });
  const now = () => new Date("2027-01-20T00:00:00Z");
  const read = async () => {
    const { data, totals } = await getUsage(db, { principal, query }, { now });
    return {
      rows: data.map(({ start, group, requests }) => `${start.slice(0, 7)} ${group?.id} ${requests}`),
      written: totals.cache_write_tokens,
    };
  };
  const expected = {
    rows: [
      "2026-10 /api/v1/inference 1",
      "2026-11 /api/v1/inference 1",
      "2026-11 /v1/embeddings 1",
      "2027-01 /v1/chat/completions 1",
    ],
    written: 3,
  };
  try {
    expect(await read()).toEqual(expected);
    expect(await refreshUsageStatistics(db, { now })).toEqual({ refreshed: true });
    expect(await read()).toEqual(expected);
  } finally {
    await db.$disconnect();
  }
});
