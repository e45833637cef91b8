import { afterEach, beforeEach, expect, it, vi } from "vitest";
import { Pace } from "./pace";

beforeEach(() => void vi.useFakeTimers({ toFake: ["setTimeout", "performance"] }));
afterEach(() => void vi.useRealTimers());

/** How long a rest takes after a step of so long. */
async function restAfter(pace: Pace, stepMs: number, mostMs?: number): Promise<number> {
  vi.advanceTimersByTime(stepMs);
  const began = performance.now();
  const rest = pace.rest(mostMs);
  await vi.advanceTimersToNextTimerAsync();
  await rest;
  return performance.now() - began;
}

it("work that rests after each step has its share of the time, whatever a step takes", async () => {
  const pace = new Pace(0.25);
  expect(await restAfter(pace, 10)).toBe(30);
  expect(await restAfter(pace, 40)).toBe(120);
  expect(await restAfter(new Pace(0.5), 40)).toBe(40);
});

it("a step that waited for something slow is not followed by a long rest", async () => {
  expect(await restAfter(new Pace(0.25), 60_000)).toBe(200);
  expect(await restAfter(new Pace(0.25), 60_000, 50)).toBe(50);
});
