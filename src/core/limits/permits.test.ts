import { setTimeout as sleep } from "node:timers/promises";
import { expect, test, vi } from "vitest";
import type { Db } from "../platform";
import type { Limit, LimitDecision } from "./limit";
import { Permits } from "./permits";

// A shared store of which each question takes a turn; the real ones are in limiter.integration.test.ts.
function storeOf(limit: number) {
  let used = 0;
  const consume = vi.fn(async (_: Db, { cost = 1 }: Limit): Promise<LimitDecision> => {
    await sleep(1);
    const allowed = used + cost <= limit;
    if (allowed) used += cost;
    return { allowed, limit, remaining: limit - used, resetAt: new Date(60_000) };
  });
  return { consume, used: () => used };
}

const db = {} as Db;
const limitOf = (limit: number): Limit => ({ key: "org:1", limit, windowMs: 60_000 });
const takeMany = (permits: Permits, limit: Limit, count: number) =>
  Promise.all(Array.from({ length: count }, () => permits.take(db, limit)));
const allowedOf = (decisions: LimitDecision[]) => decisions.filter(({ allowed }) => allowed).length;

test("of 200 calls at once in three processes exactly as many go as the limit has", async () => {
  for (const limit of [1, 7, 50, 199]) {
    const store = storeOf(limit);
    const processes = [1, 2, 3].map(() => new Permits(store.consume));
    const decisions = await Promise.all(
      processes.map((permits, index) => takeMany(permits, limitOf(limit), index === 0 ? 66 : 67)),
    );
    expect(allowedOf(decisions.flat())).toBe(limit);
    expect(store.used()).toBe(limit);
  }
});

test("calls that come together share a question, and each is told its own remainder", async () => {
  const store = storeOf(100);
  const decisions = await takeMany(new Permits(store.consume), limitOf(100), 60);
  expect(store.consume.mock.calls.length).toBeLessThanOrEqual(2);
  expect(decisions.map(({ remaining }) => remaining)).toEqual(
    Array.from({ length: 60 }, (_, index) => 99 - index),
  );
});

test("one call after the other tells what is left, and refuses after the last", async () => {
  const store = storeOf(3);
  const permits = new Permits(store.consume);
  const seen = [];
  for (let call = 0; call < 4; call++) seen.push(await permits.take(db, limitOf(3)));
  expect(seen.map(({ allowed, remaining }) => [allowed, remaining])).toEqual([
    [true, 2],
    [true, 1],
    [true, 0],
    [false, 0],
  ]);
});

test("where calls come fast most find a permit in memory, none beyond the limit, and the last quarter none ahead", async () => {
  const store = storeOf(2_000);
  const permits = new Permits(store.consume);
  let allowed = 0;
  for (let call = 0; call < 2_100; call++)
    allowed += Number((await permits.take(db, limitOf(2_000))).allowed);
  expect(allowed).toBe(2_000);
  const costs = store.consume.mock.calls.map(([, { cost = 1 }]) => cost);
  expect(costs.filter((cost) => cost > 1).length).toBeLessThan(100);
  expect(costs.slice(-400).every((cost) => cost === 1)).toBe(true);
});

test("what was taken ahead is lost when nobody comes for it within a second", async () => {
  vi.useFakeTimers({ toFake: ["performance"] });
  try {
    const store = storeOf(1_000);
    const permits = new Permits(store.consume);
    await takeMany(permits, limitOf(1_000), 10);
    await permits.take(db, limitOf(1_000));
    expect(store.used()).toBeGreaterThan(11);
    const before = store.consume.mock.calls.length;
    vi.advanceTimersByTime(1_000);
    await permits.take(db, limitOf(1_000));
    expect(store.consume.mock.calls.length).toBe(before + 1);
  } finally {
    vi.useRealTimers();
  }
});

test("a failing store fails the waiting calls, and none after them", async () => {
  const store = storeOf(10);
  const permits = new Permits(store.consume);
  store.consume.mockRejectedValueOnce(new Error("down"));
  const results = await Promise.allSettled([permits.take(db, limitOf(10)), permits.take(db, limitOf(10))]);
  expect(results.some(({ status }) => status === "rejected")).toBe(true);
  expect(await permits.take(db, limitOf(10))).toMatchObject({ allowed: true });
});

test("a permit that is asked for at once is one of those taken ahead, and none goes twice", async () => {
  const store = storeOf(100_000);
  const permits = new Permits(store.consume);
  const limit = limitOf(100_000);
  expect(permits.takeHeld(limit)).toBeUndefined();
  await takeMany(permits, limit, 40);
  await permits.take(db, limit);
  const seen: number[] = [];
  for (let held = permits.takeHeld(limit); held !== undefined; held = permits.takeHeld(limit)) {
    expect(held.allowed).toBe(true);
    seen.push(held.remaining);
  }
  expect(seen.length).toBeGreaterThan(0);
  // All were counted before they went, and each is told one less.
  expect(41 + seen.length).toBeLessThanOrEqual(store.used());
  expect(seen).toEqual(seen.map((_, index) => (seen[0] ?? 0) - index));
  expect(permits.takeHeld({ ...limit, limit: 7 })).toBeUndefined();
});
