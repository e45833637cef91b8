import { expect, it } from "vitest";
import { DAY, HOUR } from "../../platform";
import { ATTEMPTS, pauseAfter } from "./retry-schedule";

const pausesWith = (random: number) =>
  Array.from({ length: ATTEMPTS - 1 }, (_, failed) => pauseAfter(failed + 1, random) ?? Number.NaN);
const sum = (pauses: readonly number[]) => pauses.reduce((total, pause) => total + pause, 0);

it("the attempts spread over three days and end within them, whatever the jitter", () => {
  for (const random of [0, 0.5, 1]) {
    expect(sum(pausesWith(random))).toBeLessThan(3 * DAY);
    expect(sum(pausesWith(random))).toBeGreaterThan(2.5 * DAY);
    expect(pauseAfter(ATTEMPTS, random)).toBeUndefined();
  }
});

it("deliveries that failed together are not retried together", () => {
  expect(new Set([0, 0.25, 0.5, 0.75, 1].map((random) => pauseAfter(ATTEMPTS - 1, random))).size).toBe(5);
  expect((pauseAfter(ATTEMPTS - 1, 1) ?? 0) - (pauseAfter(ATTEMPTS - 1, 0) ?? 0)).toBe(2 * HOUR);
});
