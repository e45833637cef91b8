import { describe, expect, test } from "vitest";
import { DAY, type Db, HOUR, MINUTE, newId } from "../../platform";
import { asOrganization } from "../../platform/db/as-organization";
import { createDb } from "../../platform/db/client";
import { refreshUsageStatistics } from "../index";
import { readUsageCells } from "./read-usage-cells";
import {
  askOf,
  bothOf,
  db,
  enter,
  flat,
  flatRaw,
  now,
  queries,
  randomEntry,
  randomness,
  stack,
} from "./testing/ledger";
import { mergedSql, type UsageWatermark, usageSources } from "./usage-sql";

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
    for (const deadline = Date.now() + 6_000; Date.now() < deadline || looks < 4; looks++) {
      const before = settled;
      const cells = await readUsageCells(db, askOf(orgId, { interval: "day", group_by: "model" }));
      const seen = cells.reduce((sum, { measures }) => sum + measures.requests, 0);
      // Up to two batches may have committed without being counted here yet.
      expect(seen).toBeGreaterThanOrEqual(before);
      expect(seen).toBeLessThanOrEqual(settled + 10);
    }
    stop = true;
    await Promise.all(running);
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

test("a chart reads its views and, of the ledger, its own organization's tail in the months it spans", async () => {
  const orgId = newId();
  const random = randomness(5);
  await enter(
    db,
    Array.from({ length: 3_000 }, () => randomEntry(orgId, random)),
  );
  await refreshUsageStatistics(db, { now: () => now });
  await db.$executeRaw`ANALYZE usage_ledger`;
  const [watermark] = await db.$queryRaw<UsageWatermark[]>`
    SELECT boundary, history_xid AS "historyXid", recent_xid AS "recentXid" FROM usage_watermarks`;
  if (watermark === undefined) throw new Error("no watermark");
  const planOf = async (from: string) => {
    const ask = { ...askOf(orgId, { interval: "month" }), from: new Date(from) };
    const rows = await asOrganization(
      db,
      orgId,
      (tx) => tx.$queryRaw<Record<string, string>[]>`
        EXPLAIN (COSTS off) ${mergedSql(usageSources(ask, watermark))}`,
    );
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
