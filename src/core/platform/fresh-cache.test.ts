import { expect, test } from "vitest";
import { FreshCache } from "./fresh-cache";

function cacheAt(clock: { ms: number }, maxEntries = 10) {
  return new FreshCache<number>({ maxAgeMs: 5_000, maxEntries, now: () => clock.ms });
}

test("an answer is read again once it is older than the limit, counted from when its reading began", async () => {
  const clock = { ms: 0 };
  const cache = cacheAt(clock);
  let reads = 0;
  const read = async () => {
    clock.ms += 3_000;
    return ++reads;
  };
  expect(await cache.get("a", read)).toBe(1);
  clock.ms = 4_999;
  expect(await cache.get("a", read)).toBe(1);
  clock.ms = 5_000;
  expect(await cache.get("a", read)).toBe(2);
});

test("callers that ask at the same time share one read", async () => {
  const cache = cacheAt({ ms: 0 });
  let reads = 0;
  const read = async () => ++reads;
  expect(await Promise.all([cache.get("a", read), cache.get("a", read)])).toEqual([1, 1]);
});

test("an answer whose reading began before a drop is not given out after it", async () => {
  const cache = cacheAt({ ms: 0 });
  const slow = deferred();
  const before = cache.get("a", () => slow.promise);
  cache.drop("a");
  const after = cache.get("a", async () => 2);
  slow.resolve(1);
  expect(await before).toBe(1);
  expect(await after).toBe(2);
  expect(await cache.get("a", async () => 3)).toBe(2);
});

test("a failed read is not kept, and does not remove the answer that replaced it", async () => {
  const cache = cacheAt({ ms: 0 });
  await expect(cache.get("a", () => Promise.reject(new Error("down")))).rejects.toThrow("down");
  expect(await cache.get("a", async () => 1)).toBe(1);
  expect(await cache.get("a", async () => 2)).toBe(1);
});

test("the least recently used answer leaves first", async () => {
  const cache = cacheAt({ ms: 0 }, 2);
  await cache.get("a", async () => 1);
  await cache.get("b", async () => 1);
  await cache.get("a", async () => 9);
  await cache.get("c", async () => 1);
  expect(cache.size).toBe(2);
  expect(await cache.get("a", async () => 2)).toBe(1);
  expect(await cache.get("b", async () => 2)).toBe(2);
});

function deferred() {
  let resolve: (value: number) => void = () => undefined;
  const promise = new Promise<number>((done) => {
    resolve = done;
  });
  return { promise, resolve: (value: number) => resolve(value) };
}
