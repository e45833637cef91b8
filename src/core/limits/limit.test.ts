import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "../platform/concurrency/circuit-breaker";
import { carriedOver, nextFit } from "./limit";

describe("sliding window", () => {
  it("lets the previous window fade with time", () => {
    const at = (nowMs: number) => carriedOver({ nowMs, previous: 10, current: 0 }, 1_000);
    expect([at(0), at(1), at(500), at(999)]).toEqual([10, 9, 5, 0]);
  });

  it("names exactly the first moment at which the next call fits", () => {
    const windowMs = 100;
    const fits = (nowMs: number, previous: number, current: number, limit: number, cost: number) =>
      carriedOver({ nowMs, previous, current }, windowMs) + current + cost <= limit;
    for (const limit of [1, 2, 5, 10]) {
      for (const cost of [1, 2].filter((each) => each <= limit)) {
        for (let previous = 0; previous <= limit; previous++) {
          for (let current = 0; current <= limit; current++) {
            for (const nowMs of [500, 501, 533, 599]) {
              if (fits(nowMs, previous, current, limit, cost)) continue;
              let expected = nowMs;
              while (
                !(expected < 600
                  ? fits(expected, previous, current, limit, cost)
                  : fits(expected, current, 0, limit, cost))
              ) {
                expected += 1;
              }
              const named = nextFit({ nowMs, previous, current }, { key: "k", limit, windowMs, cost });
              expect(named.getTime(), JSON.stringify({ limit, cost, previous, current, nowMs })).toBe(
                expected,
              );
            }
          }
        }
      }
    }
  });
});

describe("circuit breaker", () => {
  it("blocks all calls after a failure, then lets one try at a time until one succeeds", () => {
    let now = 0;
    const breaker = new CircuitBreaker(1_000, () => now);
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, true]);
    breaker.failed();
    expect(breaker.mayTry()).toBe(false);
    now = 1_000;
    expect([breaker.mayTry(), breaker.mayTry(), breaker.mayTry()]).toEqual([true, false, false]);
    breaker.failed();
    now = 1_999;
    expect(breaker.mayTry()).toBe(false);
    now = 2_000;
    expect(breaker.mayTry()).toBe(true);
    breaker.succeeded();
    expect([breaker.mayTry(), breaker.mayTry()]).toEqual([true, true]);
  });
});
