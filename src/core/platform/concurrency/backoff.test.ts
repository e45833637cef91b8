import { describe, expect, it } from "vitest";
import { backoff } from "./backoff";

const options = { baseMs: 100, capMs: 3_000 };

describe("backoff", () => {
  it("doubles the pause with each attempt, up to the cap", () => {
    expect([0, 1, 2, 3, 4, 5, 6].map((attempt) => backoff(attempt, options))).toEqual([
      100, 200, 400, 800, 1_600, 3_000, 3_000,
    ]);
  });

  it("stays at the cap however often was tried", () => {
    expect(backoff(5_000, options)).toBe(3_000);
  });

  it("spreads full jitter over the whole pause, and equal jitter over its upper half", () => {
    expect(backoff(1, { ...options, jitter: "full", random: 0 })).toBe(0);
    expect(backoff(1, { ...options, jitter: "full", random: 0.5 })).toBe(100);
    expect(backoff(1, { ...options, jitter: "equal", random: 0 })).toBe(100);
    expect(backoff(1, { ...options, jitter: "equal", random: 0.5 })).toBe(150);
  });
});
