import { createLoader } from "nuqs";
import { describe, expect, it } from "vitest";
import { bucketsOf, cutOf, previousOf } from "./period";
import { fromUrlValues, type UsageSearch, usageParsers } from "./usage-search";

const unchosen = fromUrlValues(createLoader(usageParsers)(""));

const now = new Date("2026-11-23T11:45:10.250Z");
const cut = (part: Partial<UsageSearch>) => cutOf({ ...unchosen, ...part }, now);
const buckets = (part: Partial<UsageSearch>) => {
  const { period, interval } = cut(part);
  return bucketsOf(period, interval);
};

describe("a range in UTC", () => {
  it.each([
    ["24h", 24, "2026-11-22T12:00:00.000Z", "2026-11-23T11:00:00.000Z"],
    ["7d", 7, "2026-11-17T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["30d", 30, "2026-10-25T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["month", 23, "2026-11-01T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["90d", 90, "2026-08-26T00:00:00.000Z", "2026-11-23T00:00:00.000Z"],
    ["12m", 12, "2025-12-01T00:00:00.000Z", "2026-11-01T00:00:00.000Z"],
  ] as const)("%s has %i buckets up to the one that is filling", (range, count, first, last) => {
    const starts = buckets({ range });
    expect([starts.length, starts[0], starts.at(-1)]).toEqual([count, first, last]);
  });

  it("takes both days of a custom range, across the summer time's end too", () => {
    const starts = buckets({ range: "custom", from: "2026-10-24", to: "2026-10-26" });
    expect(starts).toEqual([
      "2026-10-24T00:00:00.000Z",
      "2026-10-25T00:00:00.000Z",
      "2026-10-26T00:00:00.000Z",
    ]);
    expect(buckets({ range: "custom", from: "2026-10-25", to: "2026-10-25" })).toHaveLength(24);
  });

  it("counts a leap day", () => {
    expect(buckets({ range: "custom", from: "2028-02-28", to: "2028-03-01", interval: "day" })).toHaveLength(
      3,
    );
  });
});

describe("the interval", () => {
  it("is the chosen one where it fits, and the range's own where it does not", () => {
    expect(cut({ range: "7d", interval: "hour" }).interval).toBe("hour");
    expect(cut({ range: "90d", interval: "hour" })).toMatchObject({
      interval: "day",
      intervals: ["day", "month"],
    });
    expect(cut({ range: "12m" }).interval).toBe("month");
    expect(cut({ range: "12m", interval: "day" }).interval).toBe("day");
  });

  it("of months covers whole months", () => {
    const { period } = cut({ range: "90d", interval: "month" });
    expect([period.from.toISOString(), period.to.toISOString()]).toEqual([
      "2026-08-01T00:00:00.000Z",
      "2026-12-01T00:00:00.000Z",
    ]);
  });
});

describe("the period before", () => {
  const precedes = (part: Partial<UsageSearch>) => {
    const { period, interval } = cut(part);
    const previous = previousOf(period, interval, part.range === "month");
    return [previous.from.toISOString().slice(0, 13), previous.to.toISOString().slice(0, 13)];
  };

  it("is as long, and ends where this one begins", () => {
    expect(precedes({ range: "7d" })).toEqual(["2026-11-10T00", "2026-11-17T00"]);
    expect(precedes({ range: "24h" })).toEqual(["2026-11-21T12", "2026-11-22T12"]);
    expect(precedes({ range: "12m" })).toEqual(["2024-12-01T00", "2025-12-01T00"]);
  });

  it("of this month is the same days of the last one", () => {
    expect(precedes({ range: "month" })).toEqual(["2026-10-01T00", "2026-10-24T00"]);
  });

  it("never runs into this month, where the last one was shorter", () => {
    const { period, interval } = cutOf({ ...unchosen, range: "month" }, new Date("2026-03-31T12:00:00Z"));
    const previous = previousOf(period, interval, true);
    expect(previous.to.toISOString()).toBe("2026-03-01T00:00:00.000Z");
  });
});
