import { describe, expect, it } from "vitest";
import { SendBatcher } from "./send-batcher";

const late = () => new Error("late");
const sleep = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe("send batcher", () => {
  it("carries every item exactly once, ten at most in a batch, and gathers while busy", async () => {
    const batches: number[][] = [];
    const batcher = new SendBatcher<number>(
      async (items) => {
        batches.push(items);
        await sleep(2);
        return items.map(() => undefined);
      },
      1_000,
      late,
    );
    const items = Array.from({ length: 505 }, (_, index) => index);
    await Promise.all(items.map((item) => batcher.send(item)));
    expect(batches.flat().sort((a, b) => a - b)).toEqual(items);
    expect(Math.max(...batches.map((batch) => batch.length))).toBe(10);
    expect(batches.length).toBe(51);
  });

  it("sends a lonely item at once", async () => {
    const batcher = new SendBatcher<number>(async () => [undefined], 1_000, late);
    const started = performance.now();
    await batcher.send(1);
    expect(performance.now() - started).toBeLessThan(50);
  });

  it("rejects only the caller whose own entry was refused", async () => {
    const batcher = new SendBatcher<number>(
      async (items) => items.map((item) => (item === 3 ? new Error("refused") : undefined)),
      1_000,
      late,
    );
    const outcomes = await Promise.allSettled([1, 2, 3, 4].map((item) => batcher.send(item)));
    expect(outcomes.map(({ status }) => status)).toEqual(["fulfilled", "fulfilled", "rejected", "fulfilled"]);
  });

  it("rejects a whole batch that failed, and goes on with the next", async () => {
    let fail = true;
    const batcher = new SendBatcher<number>(
      async (items) => {
        if (fail) throw new Error("down");
        return items.map(() => undefined);
      },
      1_000,
      late,
    );
    await expect(batcher.send(1)).rejects.toThrow("down");
    fail = false;
    await expect(batcher.send(2)).resolves.toBeUndefined();
  });

  it("lets nobody wait longer than the bound, however long the line before a hanging server", async () => {
    const batcher = new SendBatcher<number>(() => new Promise(() => {}), 100, late);
    const started = performance.now();
    const outcomes = await Promise.allSettled(Array.from({ length: 200 }, (_, item) => batcher.send(item)));
    expect(outcomes.every(({ status }) => status === "rejected")).toBe(true);
    expect(performance.now() - started).toBeLessThan(300);
  });

  it("drains what is still on its way", async () => {
    let arrived = 0;
    const batcher = new SendBatcher<number>(
      async (items) => {
        await sleep(20);
        arrived += items.length;
        return items.map(() => undefined);
      },
      1_000,
      late,
    );
    const sends = Promise.all(Array.from({ length: 95 }, (_, item) => batcher.send(item)));
    await batcher.drain();
    expect(arrived).toBe(95);
    await sends;
  });
});
