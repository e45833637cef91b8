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

test("while reading fails the last answer is given for its time, never after a drop, and reading is tried again", async () => {
  const clock = { ms: 0 };
  const cache = new FreshCache<number>({
    maxAgeMs: 5_000,
    maxStaleMs: 60_000,
    maxEntries: 10,
    now: () => clock.ms,
  });
  const down = () => Promise.reject(new Error("down"));
  await cache.get("a", async () => 1);
  clock.ms = 6_000;
  expect(await cache.get("a", down)).toBe(1);
  clock.ms = 7_000;
  expect(await cache.get("a", async () => 2)).toBe(2);
  clock.ms = 66_000;
  expect(await cache.get("a", down)).toBe(2);
  clock.ms = 67_000;
  await expect(cache.get("a", down)).rejects.toThrow("down");

  await cache.get("b", async () => 1);
  clock.ms = 80_000;
  const slow = deferred();
  const failing = cache.get("b", () => slow.promise.then(down));
  cache.drop("b");
  slow.resolve(0);
  await expect(failing).rejects.toThrow("down");
});

test("answers are dropped by what they say, and so are those that are being read", async () => {
  const cache = cacheAt({ ms: 0 });
  await cache.get("a", async () => 1);
  await cache.get("b", async () => 2);
  const slow = deferred();
  const reading = cache.get("c", () => slow.promise);
  cache.dropAnswers((answer) => answer === 1);
  slow.resolve(3);
  await reading;
  const read = (key: string) => cache.get(key, async () => 9);
  expect([await read("a"), await read("b"), await read("c")]).toEqual([9, 2, 9]);
});

function deferred() {
  let resolve: (value: number) => void = () => undefined;
  const promise = new Promise<number>((done) => {
    resolve = done;
  });
  return { promise, resolve: (value: number) => resolve(value) };
}

test("what is asked for at once is what was read, neither too old nor dropped, and never what is still being read", async () => {
  const clock = { ms: 0 };
  const cache = cacheAt(clock);
  const slow = deferred();
  const reading = cache.get("a", () => slow.promise);
  expect(cache.fresh("a")).toBeUndefined();
  slow.resolve(1);
  await reading;
  expect(cache.fresh("a")).toBe(1);
  clock.ms = 5_000;
  expect(cache.fresh("a")).toBeUndefined();
  await cache.get("a", async () => 2);
  expect(cache.fresh("a")).toBe(2);
  cache.drop("a");
  expect(cache.fresh("a")).toBeUndefined();
});
