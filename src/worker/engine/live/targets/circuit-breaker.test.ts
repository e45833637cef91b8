import { describe, expect, it } from "vitest";
import { CircuitBreaker } from "./circuit-breaker";

function breakerAt() {
  const clock = { now: 0 };
  const breaker = new CircuitBreaker(() => clock.now);
  const fail = (times: number) => {
    for (let time = 0; time < times; time++) breaker.report("t", "server");
  };
  return { breaker, clock, fail };
}

describe("a target's circuit", () => {
  it("opens after five failures in a row, and for that target alone", () => {
    const { breaker, fail } = breakerAt();
    fail(4);
    expect(breaker.admits("t")).toBe(true);
    fail(1);
    expect(breaker.admits("t")).toBe(false);
    expect(breaker.pauseOf("t")).toBeGreaterThan(0);
    expect(breaker.admits("other")).toBe(true);
  });

  it("lets one call try after a pause, and everybody once that call was answered", () => {
    const { breaker, clock, fail } = breakerAt();
    fail(5);
    clock.now = 1_000;
    expect([breaker.admits("t"), breaker.admits("t")]).toEqual([true, false]);
    breaker.report("t", undefined);
    expect([breaker.admits("t"), breaker.admits("t")]).toEqual([true, true]);
  });

  it("stays open longer after each failed try", () => {
    const { breaker, clock, fail } = breakerAt();
    fail(5);
    clock.now = 1_000;
    expect(breaker.admits("t")).toBe(true);
    fail(1);
    expect(breaker.pauseOf("t")).toBeGreaterThanOrEqual(1_000);
    expect(breaker.admits("t")).toBe(false);
  });

  it("is open for the first pause and no longer when a crowd of calls that were under way fails together", () => {
    const { breaker, clock, fail } = breakerAt();
    fail(100);
    expect(breaker.pauseOf("t")).toBeLessThanOrEqual(1_000);
    clock.now = 1_000;
    expect(breaker.admits("t")).toBe(true);
    fail(1);
    expect(breaker.pauseOf("t")).toBeLessThanOrEqual(2_000);
  });

  it("is closed by any answer, and is not touched by what says nothing about the provider's health", () => {
    const { breaker, fail } = breakerAt();
    fail(4);
    breaker.report("t", "rejected");
    fail(4);
    breaker.report("t", "aborted");
    expect(breaker.admits("t")).toBe(true);
  });

  it("is not opened by time-outs of one caller, however many, but by those of two, or beside other failures", () => {
    const { breaker, fail } = breakerAt();
    const timeOut = (caller: string, times: number) => {
      for (let time = 0; time < times; time++) breaker.report("t", "timeout", caller);
    };
    timeOut("ada", 20);
    expect(breaker.admits("t")).toBe(true);
    timeOut("eve", 1);
    expect(breaker.admits("t")).toBe(false);
    breaker.report("t", undefined);
    timeOut("ada", 4);
    fail(1);
    expect(breaker.admits("t")).toBe(false);
  });

  it("lets the next call probe when the probing call was aborted", () => {
    const { breaker, clock, fail } = breakerAt();
    fail(5);
    clock.now = 1_000;
    expect(breaker.admits("t")).toBe(true);
    breaker.report("t", "aborted");
    expect(breaker.admits("t")).toBe(true);
  });
});
