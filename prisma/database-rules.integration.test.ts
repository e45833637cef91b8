import pg from "pg";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { useTestStack } from "../infra/testing/use-test-stack";
import { newId, timeOfId } from "../src/core/platform";

// What the migrations guarantee beyond what Prisma's schema language can express.
let client: pg.Client;

beforeAll(async () => {
  const { databaseUrl } = await useTestStack();
  client = new pg.Client({ connectionString: databaseUrl });
  await client.connect();
});

afterAll(() => client.end());

beforeEach(async () => {
  await client.query("TRUNCATE inference_requests, usage_ledger, users CASCADE");
});

async function planOf(sql: string, values: unknown[] = []): Promise<string> {
  const { rows } = await client.query(`EXPLAIN (COSTS off) ${sql}`, values);
  return rows.map((row) => row["QUERY PLAN"]).join("\n");
}

/** The plan the planner takes once tables are too large to read whole. */
async function planWhenLarge(sql: string, values: unknown[] = []): Promise<string> {
  await client.query("SET enable_seqscan = off");
  try {
    return await planOf(sql, values);
  } finally {
    await client.query("RESET enable_seqscan");
  }
}

interface RequestRow {
  id: string;
  createdAt: Date;
  status: string;
  completedAt: Date | null;
  reservedTokens: number;
}

async function insertRequest(overrides: Partial<RequestRow> = {}): Promise<RequestRow> {
  const id = overrides.id ?? newId();
  const row = {
    createdAt: timeOfId(id),
    status: "queued",
    completedAt: null,
    reservedTokens: 0,
    ...overrides,
    id,
  };
  await client.query(
    `INSERT INTO inference_requests (id, created_at, org_id, environment, queue_name, model, provider, upstream_model, status,
       completed_at, reserved_tokens, trace_id, max_output_tokens, next_attempt_at)
     VALUES ($1, $2, $3, 'live', 'standard', 'm', 'p', 'm', $4::request_status, $5, $6, 't', 1, now())`,
    [row.id, row.createdAt, newId(), row.status, row.completedAt, row.reservedTokens],
  );
  return row;
}

async function insertLedger(requestId: string, overrides: Record<string, unknown> = {}): Promise<void> {
  const row: Record<string, unknown> = {
    request_id: requestId,
    created_at: timeOfId(requestId),
    org_id: newId(),
    environment: "live",
    model: "m",
    provider: "p",
    upstream_model: "m",
    status: "completed",
    billable: true,
    input_tokens: 10,
    output_tokens: 5,
    price_version: "v",
    cost_micros: 7,
    latency_ms: 1,
    settled_at: new Date(),
    ...overrides,
  };
  const columns = Object.keys(row);
  await client.query(
    `INSERT INTO usage_ledger (${columns.join(", ")}) VALUES (${columns.map((_, index) => `$${index + 1}`).join(", ")})`,
    Object.values(row),
  );
}

describe("indexes", () => {
  it("API keys are found by a hash index on their hash", async () => {
    const plan = await planWhenLarge("SELECT * FROM api_keys WHERE secret_hash = $1", [Buffer.alloc(32)]);
    expect(plan).toContain("api_keys_secret_hash_idx");
    const { rows } = await client.query(
      "SELECT am.amname FROM pg_class c JOIN pg_am am ON am.oid = c.relam WHERE c.relname = 'api_keys_secret_hash_idx'",
    );
    expect(rows).toEqual([{ amname: "hash" }]);
  });

  it("what was in flight at a moment is found by a GiST index on the time range", async () => {
    const plan = await planWhenLarge(
      "SELECT id FROM inference_requests WHERE tstzrange(created_at, coalesce(completed_at, 'infinity'::timestamptz)) @> $1::timestamptz",
      [new Date()],
    );
    expect(plan).toMatch(/tstzrange_idx|in_flight_idx/);
    const request = await insertRequest();
    const during = new Date(request.createdAt.getTime() + 1_000);
    const { rows } = await client.query(
      "SELECT id FROM inference_requests WHERE tstzrange(created_at, coalesce(completed_at, 'infinity'::timestamptz)) @> $1::timestamptz",
      [during],
    );
    expect(rows).toEqual([{ id: request.id }]);
  });

  it.each([
    ["queued", "SELECT id FROM inference_requests WHERE status = 'queued' AND next_attempt_at < now()"],
    [
      "processing",
      "SELECT id FROM inference_requests WHERE status = 'processing' AND lease_expires_at < now()",
    ],
  ])("live work (%s) is found by a partial index that ended requests are not in", async (status, sql) => {
    const plan = await planWhenLarge(sql);
    expect(plan).toContain("Index");
    const { rows } = await client.query(
      "SELECT pg_get_expr(indpred, indrelid) AS predicate FROM pg_index WHERE indrelid = 'inference_requests'::regclass AND indpred IS NOT NULL",
    );
    expect(rows.map(({ predicate }) => predicate)).toContain(`(status = '${status}'::request_status)`);
  });
});

describe("partition pruning", () => {
  it("a lookup by id and its time reads one partition", async () => {
    const id = newId();
    for (const [table, key] of [
      ["inference_requests", "id"],
      ["usage_ledger", "request_id"],
      ["audit_logs", "id"],
    ]) {
      const plan = await planOf(
        `SELECT * FROM ${table} WHERE ${key} = '${id}' AND created_at = '${timeOfId(id).toISOString()}'`,
      );
      expect(new Set(plan.match(new RegExp(`${table}_\\d{4}_w?\\d+`, "g"))).size, plan).toBe(1);
    }
  });

  it("a page of history reads only the months it spans", async () => {
    const plan = await planOf(
      `SELECT id FROM inference_requests WHERE org_id = '${newId()}' AND created_at < '${new Date().toISOString()}'
       AND created_at >= '${new Date(Date.now() - 1_000).toISOString()}' ORDER BY created_at DESC, id DESC LIMIT 20`,
    );
    expect(new Set(plan.match(/inference_requests_\d{4}_\d\d(?!\d)/g)).size, plan).toBeLessThanOrEqual(2);
  });
});

describe("rules of the data", () => {
  it("a request's time is the millisecond inside its id", async () => {
    const id = newId();
    await expect(insertRequest({ id, createdAt: new Date(timeOfId(id).getTime() + 1) })).rejects.toThrow(
      "created_at_is_id_time",
    );
    await expect(insertLedger(id, { created_at: new Date(timeOfId(id).getTime() + 1) })).rejects.toThrow(
      "created_at_is_request_time",
    );
    await insertRequest({ id });
  });

  it.each(["UTC", "America/New_York", "Asia/Kathmandu"])(
    "uuid_v7_time agrees with timeOfId in %s",
    async (zone) => {
      await client.query(`SET TIME ZONE '${zone}'`);
      try {
        for (const time of [
          "2026-03-08T07:00:00.001Z",
          "2026-11-01T06:30:00.999Z",
          "2100-12-31T23:59:59.999Z",
        ]) {
          const id = newId(new Date(time));
          const { rows } = await client.query("SELECT uuid_v7_time($1) AS time", [id]);
          expect(rows[0].time.toISOString()).toBe(time);
          expect(timeOfId(id).toISOString()).toBe(time);
        }
      } finally {
        await client.query("RESET TIME ZONE");
      }
    },
  );

  it("an ended request has an end, a live one has none, and reservations are not negative", async () => {
    await expect(insertRequest({ status: "completed" })).rejects.toThrow("terminal_has_end");
    await expect(insertRequest({ completedAt: new Date() })).rejects.toThrow("terminal_has_end");
    await expect(insertRequest({ reservedTokens: -1 })).rejects.toThrow("reserved_not_negative");
  });

  it("a request's error stores short names only", async () => {
    const { id } = await insertRequest();
    const name = (param: string | null) =>
      client.query("UPDATE inference_requests SET error_param = $2 WHERE id = $1", [id, param]);
    await expect(name("")).rejects.toThrow("error_param_is_a_name");
    await expect(name("x".repeat(201))).rejects.toThrow("error_param_is_a_name");
    await name("x".repeat(200));
    await name(null);
  });

  it("the ledger is append-only, one row a request", async () => {
    const id = newId();
    await insertLedger(id);
    await expect(insertLedger(id)).rejects.toThrow("duplicate key");
    await expect(client.query("UPDATE usage_ledger SET cost_micros = 0")).rejects.toThrow("append-only");
    await expect(client.query("DELETE FROM usage_ledger")).rejects.toThrow("append-only");
    expect((await client.query("SELECT cost_micros FROM usage_ledger")).rows).toEqual([{ cost_micros: "7" }]);
  });

  it("the ledger takes no cost on what is not billable, no negative tokens, and no live status", async () => {
    await expect(insertLedger(newId(), { billable: false })).rejects.toThrow("free_unless_billable");
    await expect(insertLedger(newId(), { output_tokens: -1 })).rejects.toThrow("not_negative");
    await expect(insertLedger(newId(), { cached_input_tokens: 11 })).rejects.toThrow("not_negative");
    await expect(insertLedger(newId(), { cached_input_tokens: 6, cache_write_tokens: 5 })).rejects.toThrow(
      "parts",
    );
    await expect(insertLedger(newId(), { long_cache_write_tokens: 11 })).rejects.toThrow("parts");
    await expect(insertLedger(newId(), { service_tier: "express" })).rejects.toThrow("service_tier");
    await expect(insertLedger(newId(), { status: "queued" })).rejects.toThrow("terminal");
    await insertLedger(newId(), { billable: false, cost_micros: 0, status: "failed" });
  });

  it("the audit trail is append-only", async () => {
    const id = newId();
    await client.query(
      "INSERT INTO audit_logs (id, created_at, sequence, actor_type, action, prev_hash, hash) VALUES ($1, $2, 1, 'system', 'test', '', '')",
      [id, timeOfId(id)],
    );
    await expect(client.query("UPDATE audit_logs SET action = 'other'")).rejects.toThrow("append-only");
    await expect(client.query("DELETE FROM audit_logs")).rejects.toThrow("append-only");
    await expect(client.query("TRUNCATE audit_logs")).rejects.toThrow("append-only");
    const { rows } = await client.query(
      "SELECT inhrelid::regclass AS name FROM pg_inherits WHERE inhparent = 'audit_logs'::regclass",
    );
    expect(rows.length).toBeGreaterThan(5);
    for (const { name } of rows) {
      await expect(client.query(`TRUNCATE ${name}`)).rejects.toThrow("append-only");
    }
    await client.query("SELECT partitions.ensure('audit_logs', 'week', '2031-01-06', 0)");
    await expect(client.query("TRUNCATE partitions.audit_logs_2031_w02")).rejects.toThrow("append-only");
  });

  it("a quota never counts below zero", async () => {
    const insert =
      "INSERT INTO quota_counters (org_id, starts_at, used_tokens, updated_at) VALUES ($1, $2, $3, now())";
    await expect(client.query(insert, [newId(), "2026-11-01", -1])).rejects.toThrow("not_negative");
    await client.query(insert, [newId(), "2026-11-01", 0]);
  });

  it("a destroyed data key is gone, and only then", async () => {
    const insert =
      "INSERT INTO data_keys (id, subject_type, subject_id, wrapped_key, kek_id, created_at, destroyed_at) VALUES ($1, 'user', $2, $3, 'k', now(), $4)";
    await expect(client.query(insert, [newId(), newId(), Buffer.alloc(1), new Date()])).rejects.toThrow(
      "destroyed_is_gone",
    );
    await expect(client.query(insert, [newId(), newId(), null, null])).rejects.toThrow("destroyed_is_gone");
  });
});

describe("usage statistics", () => {
  it("are views over the ledger by hour and by day that refresh without locking readers out", async () => {
    const id = newId();
    const org = newId();
    await insertLedger(id, { org_id: org });
    // Not the snapshot's own lower bound: a transaction that another test file left open would hold that back.
    await client.query(
      "UPDATE usage_watermarks SET recent_xid = (SELECT max(settled_xid) + 1 FROM usage_ledger)",
    );
    await client.query("REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_hourly");
    await client.query("REFRESH MATERIALIZED VIEW CONCURRENTLY usage_statistics_daily");
    const { rows } = await client.query(
      "SELECT granularity, requests, input_tokens, cost_micros FROM usage_statistics WHERE org_id = $1 AND (grain = 15 OR granularity = 'hour') ORDER BY 1",
      [org],
    );
    expect(rows).toMatchObject([
      { granularity: "day", requests: "1", input_tokens: "10", cost_micros: "7" },
      { granularity: "hour", requests: "1", input_tokens: "10", cost_micros: "7" },
    ]);
  });
});
