import { afterEach, describe, expect, it, vi } from "vitest";
import { Batcher } from "./batcher";

/** As the queue is sent to: ten messages a call, few calls at once, and a bound on every wait. */
const sends = (ms: number) => ({
  maxSize: 10,
  maxInFlight: { full: 4, partial: 2 },
  timeout: { ms, error: () => new Error("late") },
});
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));
const stopTime = () => vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout"] });
afterEach(() => void vi.useRealTimers());

describe("batcher", () => {
  it("carries every item exactly once, ten at most in a batch, and gathers while busy", async () => {
    const batches: number[][] = [];
    const batcher = new Batcher<number>(async (items) => {
      batches.push(items);
      await sleep(2);
      return items.map(() => undefined);
    }, sends(60_000));
    const items = Array.from({ length: 505 }, (_, index) => index);
    await Promise.all(items.map((item) => batcher.add(item)));
    expect(batches.flat().sort((a, b) => a - b)).toEqual(items);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(10);
    expect(batches.length).toBe(51);
  });

  it("sends a lonely item at once", async () => {
    // No timer fires: it waits for none.
    stopTime();
    const batcher = new Batcher<number>(async () => [undefined], sends(60_000));
    await expect(batcher.add(1)).resolves.toBeUndefined();
  });

  it("rejects only the caller whose own entry was refused", async () => {
    const batcher = new Batcher<number>(
      async (items) => items.map((item) => (item === 3 ? new Error("refused") : undefined)),
      sends(60_000),
    );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.add(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  });

  it("rejects a whole batch that failed, and goes on with the next", async () => {
    let fail = true;
    const batcher = new Batcher<number>(async (items) => {
      if (fail) throw new Error("down");
      return items.map(() => undefined);
    }, sends(60_000));
    await expect(batcher.add(1)).rejects.toThrow("down");
    fail = false;
    await expect(batcher.add(2)).resolves.toBeUndefined();
  });

  it("lets nobody wait longer than the bound, however many wait for a hanging server", async () => {
    stopTime();
    const batcher = new Batcher<number>(() => new Promise(() => {}), sends(100));
    let refused = 0;
    for (let item = 0; item < 200; item += 1) batcher.add(item).catch(() => void refused++);
    await vi.advanceTimersByTimeAsync(99);
    expect(refused).toBe(0);
    await vi.advanceTimersByTimeAsync(1);
    expect(refused).toBe(200);
  });

  it("drains the items that are still being sent", async () => {
    let arrived = 0;
    const batcher = new Batcher<number>(async (items) => {
      await sleep(20);
      arrived += items.length;
      return items.map(() => undefined);
    }, sends(60_000));
    const added = Promise.all(Array.from({ length: 95 }, (_, item) => batcher.add(item)));
    await batcher.drain();
    expect(arrived).toBe(95);
    await added;
  });

  it("lets a batch gather for as long as it lingers, also while another is under way", async () => {
    stopTime();
    const batches: number[][] = [];
    const batcher = new Batcher<number>(
      async (items) => {
        batches.push(items);
        await sleep(10);
        return undefined;
      },
      { maxSize: 500, lingerMs: 40 },
    );
    const added: Promise<void>[] = [];
    for (let item = 0; item < 12; item += 1) {
      added.push(batcher.add(item));
      await vi.advanceTimersByTimeAsync(5);
    }
    expect(batches).toEqual([[0, 1, 2, 3, 4, 5, 6, 7]]);
    await vi.advanceTimersByTimeAsync(100);
    await Promise.all(added);
    expect(batches.slice(1)).toEqual([[8, 9, 10, 11]]);
  });
});
