import { beforeAll, describe, expect, test } from "vitest";
import { keyPrincipal } from "../../../../infra/testing/key-principal";
import { DAY, HOUR, type KeyPrincipal, MINUTE, newId } from "../../platform";
import { exportUsage, getProviderHealth, getUsage, refreshUsageStatistics, usageQuerySchema } from "../index";
import { db, type Entry, enter, now, randomEntry, randomness } from "./testing/ledger";

describe("getUsage", () => {
  const caller = (orgId: string, more: Partial<KeyPrincipal> = {}) =>
    keyPrincipal({ orgId, scopes: new Set(["usage:read", "requests:read_all"]), ...more });
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
        INSERT INTO inference_requests (id, created_at, org_id, environment, queue_name, model, upstream_model, provider,
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
