import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { DAY, HOUR, MINUTE } from "../../platform/clock";
import { createDb, type Db } from "../../platform/db/client";
import { newId } from "../../platform/ids";
import type { Environment, KeyPrincipal } from "../../platform/principal";
import {
  exportUsage,
  getProviderHealth,
  getUsage,
  refreshUsageStatistics,
  type UsageQuery,
  usageQuerySchema,
} from "../index";
import { addLatencies } from "./latency";
import { readUsageCells } from "./read-usage-cells";
import { ledgerCells, mergedSql, type UsageWatermark, usageSources } from "./usage-sql";

const stack = await useTestStack();
const db = createDb({ url: stack.databaseUrl, poolMax: 8 });
afterAll(() => db.$disconnect());

const now = new Date("2026-11-23T12:34:56Z");
const models = ["gpt-4o", "gpt-4", "deepseek-chat"];
const keys = [newId(), newId(), null];
const members = [newId(), null];
const statuses = ["completed", "completed", "completed", "failed", "cancelled"] as const;

for (const months of [2, 3, 4]) {
  await db.$queryRaw`
    SELECT partitions.ensure('usage_ledger', 'month', ${now}::timestamptz - ${months}::int * interval '1 month', 1)`;
}

interface Entry {
  orgId: string;
  at: Date;
  model?: string;
  status?: (typeof statuses)[number];
  apiKeyId?: string | null;
  userId?: string | null;
  latencyMs?: number;
  tokens?: number;
  environment?: "live" | "test";
}

async function enter(client: Pick<Db, "usageLedger">, entries: readonly Entry[]): Promise<void> {
  await client.usageLedger.createMany({
    data: entries.map(({ orgId, at, tokens = 10, ...more }) => {
      const status = more.status ?? "completed";
      const environment = more.environment ?? "live";
      const completed = status === "completed";
      return {
        requestId: newId(at),
        createdAt: at,
        orgId,
        userId: more.userId ?? null,
        apiKeyId: more.apiKeyId ?? null,
        environment,
        model: more.model ?? "gpt-4o",
        provider: "openai",
        upstreamModel: "m",
        status,
        billable: completed && environment === "live",
        inputTokens: completed ? BigInt(tokens) : 0n,
        cachedInputTokens: completed ? BigInt(Math.floor(tokens / 3)) : 0n,
        outputTokens: completed ? BigInt(2 * tokens) : 0n,
        reasoningTokens: completed ? BigInt(tokens) : 0n,
        priceVersion: "v",
        costMicros: completed && environment === "live" ? BigInt(7 * tokens) : 0n,
        latencyMs: more.latencyMs ?? 500,
        settledAt: new Date(at.getTime() + 1_000),
      };
    }),
  });
}

/** Random, but the same in every run. */
function randomness(seed: number) {
  let state = seed;
  const next = () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
  return { next, pick: <T>(items: readonly T[]) => items[Math.floor(next() * items.length)] as T };
}

function randomEntry(orgId: string, { next, pick }: ReturnType<typeof randomness>): Entry {
  // Most of the last hours, the rest spread over four months: old buckets get late rows all the time.
  const age = next() < 0.5 ? next() * 3 * HOUR : next() * 110 * DAY;
  return {
    orgId,
    at: new Date(Math.floor(now.getTime() - age)),
    model: pick(models),
    status: pick(statuses),
    apiKeyId: pick(keys),
    userId: pick(members),
    latencyMs: Math.floor(next() * 20_000),
    tokens: Math.floor(next() * 1_000),
    environment: next() < 0.9 ? "live" : "test",
  };
}

const queries: Asked[] = [
  { interval: "hour" },
  { interval: "hour", group_by: "model", model: "gpt-4o" },
  { interval: "day" },
  { interval: "day", group_by: "model" },
  { interval: "day", group_by: "api_key" },
  { interval: "day", group_by: "status" },
  { interval: "day", group_by: "member", environment: "test" },
  { interval: "month", group_by: "member" },
  { interval: "month", group_by: "model", status: "completed" },
  { interval: "month", model: "gpt-4", ...(keys[0] && { api_key_id: keys[0] }) },
];

type Asked = Partial<Omit<UsageQuery, "environment">> & { environment?: Environment };

function askOf(orgId: string, query: Asked) {
  const from =
    query.interval === "hour" ? new Date("2026-10-24T00:00:00Z") : new Date("2026-08-01T00:00:00Z");
  return {
    environment: "live" as const,
    interval: "day" as const,
    ...query,
    orgId,
    from,
    to: new Date("2026-12-01T00:00:00Z"),
  };
}

/** What views and tail say, and what the ledger says, at one moment. */
async function bothOf(orgId: string, query: Asked) {
  const ask = askOf(orgId, query);
  const viaViews = await readUsageCells(db, ask);
  const [row] = await db.$queryRaw<{ cells: string }[]>(mergedSql([ledgerCells(ask)]));
  return { viaViews, ledger: JSON.parse(row?.cells ?? "[]") as unknown[][] };
}

const flat = (cells: Awaited<ReturnType<typeof readUsageCells>>) =>
  cells.map(({ start, group, measures: m, latencies }) => [
    [start, group, m.requests, m.completed, m.failed, m.cancelled, m.input_tokens, m.cached_input_tokens],
    [m.output_tokens, m.reasoning_tokens, m.cost_micros],
    [...addLatencies(new Map(), latencies)].sort(([left], [right]) => left - right),
  ]);
const flatRaw = (rows: unknown[][]) =>
  rows.map((row) => {
    const [buckets, counts, lows, highs] = row.slice(11).map((list) => (list ?? []) as number[]);
    if (!buckets || !counts || !lows || !highs) throw new Error("not a row of cells");
    return [
      row.slice(0, 8),
      row.slice(8, 11),
      [...addLatencies(new Map(), { buckets, counts, lows, highs })].sort(([left], [right]) => left - right),
    ];
  });

describe("views and live tail are the ledger", () => {
  test("while refreshes and settlements run, a reader never counts a request twice or misses one", async () => {
    const orgId = newId();
    const random = randomness(11);
    let settled = 0;
    let stop = false;
    const writer = async () => {
      while (!stop) {
        const entries = Array.from({ length: 5 }, () => ({
          ...randomEntry(orgId, random),
          environment: "live" as const,
        }));
        await enter(db, entries);
        settled += entries.length;
      }
    };
    const refresher = async () => {
      while (!stop) await refreshUsageStatistics(db, { now: () => now });
    };
    const running = [writer(), writer(), refresher()];
    let looks = 0;
    for (const deadline = Date.now() + 6_000; Date.now() < deadline; looks++) {
      const before = settled;
      const cells = await readUsageCells(db, askOf(orgId, { interval: "day", group_by: "model" }));
      const seen = cells.reduce((sum, { measures }) => sum + measures.requests, 0);
      // Up to two batches may have committed without being counted here yet.
      expect(seen).toBeGreaterThanOrEqual(before);
      expect(seen).toBeLessThanOrEqual(settled + 10);
    }
    stop = true;
    await Promise.all(running);
    expect(looks).toBeGreaterThan(3);
    const { viaViews, ledger } = await bothOf(orgId, { interval: "day", group_by: "api_key" });
    expect(flat(viaViews)).toEqual(flatRaw(ledger));
  }, 60_000);

  test("a request that was being settled during a refresh is counted once it has committed", async () => {
    const orgId = newId();
    const at = new Date(now.getTime() - 3 * HOUR);
    const count = async () =>
      (await readUsageCells(db, askOf(orgId, {}))).reduce((sum, { measures }) => sum + measures.requests, 0);
    await db.$transaction(async (tx) => {
      await enter(tx as Db, [{ orgId, at }]);
      // A later transaction commits first, and the refresh sees only that one.
      await enter(db, [{ orgId, at: new Date(at.getTime() + MINUTE) }]);
      expect(await refreshUsageStatistics(db, { now: () => now })).toEqual({ refreshed: true });
      expect(await count()).toBe(1);
    });
    expect(await count()).toBe(2);
    await refreshUsageStatistics(db, { now: () => now });
    expect(await count()).toBe(2);
  });
});

describe("getUsage", () => {
  const caller = (orgId: string, more: Partial<KeyPrincipal> = {}): KeyPrincipal => ({
    kind: "key",
    orgId,
    plan: "pro",
    requestsPerMinute: 100,
    environment: "live",
    scopes: new Set(["usage:read"]),
    apiKeyId: newId(),
    spendId: newId(),
    userId: null,
    models: [],
    rpmLimit: null,
    ...more,
  });
  const usage = (orgId: string, query: Record<string, unknown> = {}, at = now) =>
    getUsage(db, { principal: caller(orgId), query: usageQuerySchema.parse(query) }, { now: () => at });

  test("percentiles of any mixture are within a bucket's width of the exact ones", async () => {
    const orgId = newId();
    const random = randomness(3);
    const latencies = Array.from({ length: 400 }, () => Math.round(20 * Math.exp(random.next() * 8)));
    await enter(
      db,
      latencies.slice(0, 250).map((latencyMs) => ({ orgId, at: new Date(now.getTime() - DAY), latencyMs })),
    );
    await refreshUsageStatistics(db, { now: () => now });
    await enter(
      db,
      latencies.slice(250).map((latencyMs) => ({ orgId, at: new Date(now.getTime() - HOUR), latencyMs })),
    );
    const { totals } = await usage(orgId);
    const sorted = latencies.toSorted((left, right) => left - right);
    for (const [p, found] of [
      [0.5, totals.latency_ms?.p50],
      [0.95, totals.latency_ms?.p95],
    ] as const) {
      const exact = sorted[Math.ceil(p * sorted.length) - 1] ?? 0;
      expect(Math.abs((found ?? 0) - exact) / exact).toBeLessThan(0.19);
    }
  });

  test("a percentile of few requests is exact, and none is below the fastest, from the ledger and from every view", async () => {
    const orgId = newId();
    const earlier = new Date(now.getTime() - 70 * DAY);
    await enter(db, [
      { orgId, at: earlier, latencyMs: 617 },
      { orgId, at: new Date(now.getTime() - DAY), latencyMs: 640 },
    ]);
    const latencyNow = async () => (await usage(orgId, { from: "2026-08-01T00:00:00Z" })).totals.latency_ms;
    expect(await latencyNow()).toEqual({ p50: 617, p95: 640 });
    await refreshUsageStatistics(db, { now: () => now });
    expect(await latencyNow()).toEqual({ p50: 617, p95: 640 });
    await enter(db, [{ orgId, at: new Date(now.getTime() - HOUR), latencyMs: 630 }]);
    const three = await latencyNow();
    expect(three?.p95).toBe(640);
    expect(three?.p50).toBeGreaterThanOrEqual(617);
    expect(three?.p50).toBeLessThanOrEqual(640);
  });

  test("failures and cancellations count, but have no part in the latency", async () => {
    const orgId = newId();
    const at = new Date(now.getTime() - HOUR);
    await enter(db, [
      { orgId, at, status: "failed", latencyMs: 60_000 },
      { orgId, at, status: "cancelled", latencyMs: 0 },
    ]);
    expect((await usage(orgId)).totals).toMatchObject({
      requests: 2,
      errors: 1,
      cancelled: 1,
      latency_ms: null,
    });
  });

  test("a range is widened to whole buckets, in UTC", async () => {
    const orgId = newId();
    await enter(db, [
      { orgId, at: new Date("2026-11-20T00:00:00Z") },
      { orgId, at: new Date("2026-11-19T23:59:59.999Z") },
      { orgId, at: new Date("2026-11-21T00:00:00Z") },
    ]);
    const query = { from: "2026-11-20T05:00:00+02:00", to: "2026-11-20T23:00:00Z" };
    expect(await usage(orgId, query)).toMatchObject({
      from: "2026-11-20T00:00:00.000Z",
      to: "2026-11-21T00:00:00.000Z",
      totals: { requests: 1 },
      data: [{ start: "2026-11-20T00:00:00.000Z", group: null, requests: 1 }],
    });
    const monthly = await usage(orgId, { ...query, interval: "month" });
    expect(monthly).toMatchObject({ from: "2026-11-01T00:00:00.000Z", to: "2026-12-01T00:00:00.000Z" });
    expect(monthly.totals.requests).toBe(3);
  });

  test.each([
    [{ interval: "hour", from: "2026-10-01T00:00:00Z", to: "2026-11-02T00:00:00Z" }, "31 days"],
    [{ interval: "day", from: "2025-01-01T00:00:00Z" }, "400 days"],
    [{ interval: "month", from: "2023-11-22T00:00:00Z" }, "36 months"],
    [{ from: "2026-11-02T00:00:00Z", to: "2026-11-02T00:00:00Z" }, "before to"],
  ])("%j is refused with its reason", async (query, reason) => {
    const error = await usage(newId(), query).catch((problem: unknown) => problem);
    expect(error).toMatchObject({ code: "invalid_request", param: "from" });
    expect(String(error)).toContain(reason);
  });

  test("a file has a line for every bucket, in pieces of which none holds the whole time", async () => {
    const orgId = newId();
    const random = randomness(11);
    await enter(
      db,
      Array.from({ length: 300 }, () => randomEntry(orgId, random)),
    );
    for (const asked of [
      { interval: "hour", from: "2026-11-01T00:00:00Z", to: "2026-11-23T13:00:00Z" },
      { interval: "day", from: "2026-08-05T00:00:00Z", group_by: "model" },
      { interval: "month", from: "2026-01-31T00:00:00Z", group_by: "status" },
    ]) {
      const query = usageQuerySchema.parse(asked);
      const { pieces } = await exportUsage(db, { principal: caller(orgId), query }, { now: () => now });
      const texts: string[] = [];
      for await (const piece of pieces) texts.push(piece);
      const lines = texts.slice(1).map((text) => text.trimEnd().split("\r\n"));
      const { data } = await usage(orgId, asked);
      expect(lines.flat().map((line) => line.split(",").slice(0, 4).join())).toEqual(
        data.map(({ start, group, requests }) => [start, group?.id, group?.label, requests].join()),
      );
      expect(lines.length).toBeGreaterThan(1);
      expect(Math.max(...lines.map((piece) => piece.length))).toBeLessThan(data.length);
    }
  });

  test("each organization sees its own alone", async () => {
    const orgId = newId();
    await enter(db, [{ orgId, at: new Date(now.getTime() - HOUR) }]);
    expect((await usage(newId())).totals.requests).toBe(0);
    expect((await usage(orgId)).totals).toMatchObject({ requests: 1, total_tokens: 30, cost_micros: 70 });
  });
});

describe("the health of providers", () => {
  // After all that other tests enter: what is later than an hour ago counts.
  const at = new Date("2026-12-20T09:30:00Z");
  const ended = (orgId: string, more: Partial<Entry> & { ms?: number; errorCode?: string } = {}) => {
    const { ms = MINUTE, errorCode = null, ...entry } = more;
    return { orgId, at: new Date(at.getTime() - ms), errorCode, ...entry };
  };
  /** With the request's own row, which says why it failed. */
  async function enterAll(entries: readonly (Entry & { errorCode: string | null })[]): Promise<void> {
    for (const { errorCode, ...entry } of entries) {
      await enter(db, [entry]);
      if (errorCode === null) continue;
      await db.$executeRaw`
        INSERT INTO inference_requests (id, created_at, org_id, environment, lane, model, upstream_model, provider,
          status, error_code, trace_id, max_output_tokens, next_attempt_at, completed_at)
        SELECT request_id, created_at, org_id, environment, 'standard', model, upstream_model, provider, status,
          ${errorCode}, '', 1, settled_at, settled_at
        FROM usage_ledger l WHERE l.org_id = ${entry.orgId}::uuid AND l.status = 'failed'
          AND NOT EXISTS (SELECT 1 FROM inference_requests r WHERE r.id = l.request_id)`;
    }
  }
  beforeAll(async () => {
    await db.$queryRaw`SELECT partitions.ensure('usage_ledger', 'month', ${at}::timestamptz, 1)`;
    await db.$queryRaw`SELECT partitions.ensure('inference_requests', 'month', ${at}::timestamptz, 1)`;
  });

  test("is that of the last hour's live requests, without cancelled ones and without what customers asked wrongly", async () => {
    const [first, second] = [newId(), newId()];
    await enterAll([
      ended(first, { latencyMs: 100 }),
      ended(first, { ms: HOUR, latencyMs: 300 }),
      ended(first, { status: "failed", errorCode: "provider_rejected", latencyMs: 9_000 }),
      ended(first, { status: "failed", errorCode: "content_filtered" }),
      ended(first, { status: "failed", errorCode: "context_length_exceeded" }),
      ended(first, { status: "cancelled" }),
      ended(first, { environment: "test" }),
      ended(first, { ms: HOUR + 1 }),
      ended(second, { latencyMs: 400 }),
      ended(second, { status: "failed", errorCode: "provider_timeout", latencyMs: 9_000 }),
    ]);
    expect(await getProviderHealth(db, { now: () => at })).toEqual([
      { provider: "openai", requests: 4, organizations: 2, affected: 1, completedShare: 0.75, medianMs: 300 },
    ]);
  });

  test("weighs organizations alike: one with many failures moves it by its own share alone", async () => {
    const later = new Date(at.getTime() + 3 * HOUR);
    const loud = newId();
    const shifted = (orgId: string, more: Parameters<typeof ended>[1] = {}) =>
      ended(orgId, { ms: MINUTE - 3 * HOUR, ...more });
    await enterAll([
      ...Array.from({ length: 40 }, () => shifted(loud, { status: "failed", errorCode: "provider_error" })),
      ...Array.from({ length: 9 }, () => shifted(newId(), { latencyMs: 200 })),
    ]);
    const [health] = await getProviderHealth(db, { now: () => later });
    expect(health).toMatchObject({ requests: 49, organizations: 10, affected: 1, completedShare: 0.9 });
  });
});

test("a chart reads its views and, of the ledger, its own organization's tail in the months it spans", async () => {
  const orgId = newId();
  const random = randomness(5);
  await enter(
    db,
    Array.from({ length: 3_000 }, () => randomEntry(orgId, random)),
  );
  await refreshUsageStatistics(db, { now: () => now });
  await db.$executeRaw`ANALYZE usage_ledger`;
  const [marks] = await db.$queryRaw<UsageWatermark[]>`
    SELECT boundary, history_xid AS "historyXid", recent_xid AS "recentXid" FROM usage_marks`;
  if (marks === undefined) throw new Error("no marks");
  const planOf = async (from: string) => {
    const ask = { ...askOf(orgId, { interval: "month" }), from: new Date(from) };
    const rows = await db.$queryRaw<Record<string, string>[]>`
      EXPLAIN (COSTS off) ${mergedSql(usageSources(ask, marks))}`;
    return rows.map((row) => row["QUERY PLAN"]).join("\n");
  };
  const year = await planOf("2025-12-01T00:00:00Z");
  expect(year).toMatch(/usage_statistics_history/);
  expect(year).toMatch(/usage_statistics_daily/);
  expect(year).toMatch(/usage_ledger_2026_11_org_id_settled_xid/);
  expect(year).not.toMatch(/Seq Scan on usage_ledger_2026_1[01]/);
  const month = await planOf("2026-11-01T00:00:00Z");
  expect(new Set(month.match(/usage_ledger_\d{4}_\d\d(?!\d)/g))).toEqual(new Set(["usage_ledger_2026_11"]));
  expect(month).not.toMatch(/usage_statistics_history/);
});

test("a chart is planned for its values however often it was asked for on one connection", async () => {
  const one = createDb({ url: stack.databaseUrl, poolMax: 1 });
  try {
    for (let times = 0; times < 12; times++) await readUsageCells(one, askOf(newId(), { interval: "month" }));
    const [kept] = await one.$queryRaw<{ plans: bigint }[]>`
      SELECT count(*) AS plans FROM pg_prepared_statements WHERE name <> '' AND statement LIKE '%usage_statistics_daily%'`;
    expect(kept?.plans).toBe(0n);
  } finally {
    await one.$disconnect();
  }
});

// Last, because it moves the boundary between history and recent views ahead, which never goes back.
test("history, views and tail are the ledger for every interval, group and filter, with late rows throughout", async () => {
  const orgId = newId();
  const random = randomness(7);
  for (let round = 0; round < 4; round++) {
    await enter(
      db,
      Array.from({ length: 150 }, () => randomEntry(orgId, random)),
    );
    for (const query of queries) {
      const { viaViews, ledger } = await bothOf(orgId, query);
      expect(ledger.length).toBeGreaterThan(0);
      expect(flat(viaViews), JSON.stringify({ round, query })).toEqual(flatRaw(ledger));
    }
    await refreshUsageStatistics(db, { now: () => new Date(now.getTime() + round * 20 * DAY) });
  }
  const known = await db.$queryRaw<{ name: string }[]>`
    SELECT DISTINCT tablename AS name FROM pg_stats WHERE tablename LIKE 'usage_statistics_%' ORDER BY 1`;
  expect(
    known.map(({ name }) => name),
    "the planner knows what a month's end has moved",
  ).toEqual(["usage_statistics_daily", "usage_statistics_history", "usage_statistics_hourly"]);
});
