import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { countOf, formatCompact, formatCount, formatTokens } from "./count";
import { formatAmount, formatMoney, formatMoneyExactly } from "./money";
import { formatDuration, formatRelative } from "./time";

describe("money", () => {
  it.each([
    [0, "$0.00"],
    [1, "$0.000001"],
    [124, "$0.000124"],
    [9_999, "$0.009999"],
    [12_500, "$0.0125"],
    [150_000, "$0.15"],
    [29_000_000, "$29.00"],
    [1_234_567_890_000, "$1,234,567.89"],
  ])("never rounds %i micro-dollars to nothing", (micros, text) => {
    expect(formatMoney(micros)).toBe(text);
  });

  it.each([
    [0n, "$0.00"],
    [1n, "$0.000001"],
    [150_000n, "$0.15"],
    [1_250_000_000n, "$1,250.00"],
    [12_345n, "$0.012345"],
    [-5_500_000n, "-$5.50"],
    [9_223_372_036_854_775_807n, "$9,223,372,036,854.775807"],
  ])("keeps every digit where it must be exact: %s", (micros, text) => {
    expect(formatMoneyExactly(micros)).toBe(text);
  });

  it("is never rounded to nothing where it is only looked at", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 10_000_000_000 }), (micros) => {
        expect(formatMoney(micros)).not.toBe("$0.00");
      }),
    );
  });

  it("follows its currency's smallest unit", () => {
    expect(formatAmount(2_900, "usd")).toBe("$29.00");
    expect(formatAmount(500, "jpy")).toBe("¥500");
  });
});

describe("counts", () => {
  it("separates thousands and counts in words", () => {
    expect(formatCount(92_400)).toBe("92,400");
    expect(formatTokens(1)).toBe("1 token");
    expect(formatTokens(100_000)).toBe("100,000 tokens");
    expect(formatCompact(1_048_576)).toBe("1M");
  });

  it("counts in the singular and the plural", () => {
    expect(countOf(1, "request")).toBe("1 request");
    expect(countOf(0, "request")).toBe("0 requests");
    expect(countOf(4_012, "request")).toBe("4,012 requests");
    expect(countOf(2, "person", "people")).toBe("2 people");
  });
});

describe("time", () => {
  const now = new Date("2026-11-23T12:00:00Z");
  it.each([
    ["2026-11-23T11:59:58Z", "just now"],
    ["2026-11-23T12:00:30Z", "in a moment"],
    ["2026-11-23T11:58:00Z", "2 minutes ago"],
    ["2026-11-22T12:00:00Z", "yesterday"],
    ["2026-11-23T10:01:00Z", "1 hour ago"],
    ["2026-11-24T11:59:50Z", "in 24 hours"],
    ["2026-11-30T12:00:00Z", "next week"],
  ])("%s reads %s", (time, text) => {
    expect(formatRelative(new Date(time), now)).toBe(text);
  });

  it("keeps three figures of a duration that people wait for", () => {
    expect(formatDuration(640.4)).toBe("640 ms");
    expect(formatDuration(2_412)).toBe("2.41 s");
    expect(formatDuration(185_000)).toBe("3 min 5 s");
  });

  it("says a long wait in hours, and nothing of zero seconds", () => {
    expect(formatDuration(999.6)).toBe("1.00 s");
    expect(formatDuration(59_990)).toBe("1 min");
    expect(formatDuration(120_000)).toBe("2 min");
    expect(formatDuration(3_599_600)).toBe("1 h");
    expect(formatDuration(7_812_000)).toBe("2 h 10 min");
  });
});
