import { describe, expect, it } from "vitest";
import { changeOf, type Report, rowsOf, seriesOf, sumGroups, withPrevious } from "./series";

type Bucket = Report["data"][number];
const starts = ["2026-11-21T00:00:00.000Z", "2026-11-22T00:00:00.000Z", "2026-11-23T00:00:00.000Z"];

function bucket(day: number, model: string | null, tokens: number): Bucket {
  return {
    start: starts[day] ?? "",
    group: model === null ? null : { id: model, label: model.toUpperCase() },
    requests: 1,
    completed: 1,
    failed: 0,
    cancelled: 0,
    errors: 0,
    input_tokens: tokens,
    cached_input_tokens: 0,
    cache_write_tokens: 0,
    output_tokens: 0,
    reasoning_tokens: 0,
    total_tokens: tokens,
    cost_micros: tokens * 2,
    cache_hits: 0,
    byok_requests: 0,
    byok_fee_micros: 0,
    provider_cost_micros: 0,
    latency_ms: null,
  };
}

describe("rows of a chart", () => {
  it("have a bucket for every day, zero where nothing ended", () => {
    const data = [bucket(0, "a", 5), bucket(2, "a", 7), bucket(2, "b", 1)];
    const series = seriesOf(sumGroups(data, "tokens"));
    expect(series.map(({ id }) => id)).toEqual(["a", "b"]);
    expect(rowsOf({ starts, data, series, metric: "tokens" })).toEqual([
      { start: starts[0], values: [5, 0], total: 5, previous: null },
      { start: starts[1], values: [0, 0], total: 0, previous: null },
      { start: starts[2], values: [7, 1], total: 8, previous: null },
    ]);
  });

  it("take the data ungrouped, and leave out what lies outside", () => {
    const series = [{ id: "all", label: "Cost" }];
    const stray = { ...bucket(0, null, 9), start: "2026-01-01T00:00:00.000Z" };
    const rows = rowsOf({ starts, data: [bucket(1, null, 4), stray], series, metric: "cost" });
    expect(rows.map(({ total }) => total)).toEqual([0, 8, 0]);
  });

  it("sum up what is beyond five groups as one, and lose nothing", () => {
    const models = ["a", "b", "c", "d", "e", "f", "g"];
    const data = models.map((model, index) => bucket(0, model, 100 - index));
    const series = seriesOf(sumGroups(data, "tokens"));
    expect(series.map(({ label }) => label)).toEqual(["A", "B", "C", "D", "E", "Other (2)"]);
    const [row] = rowsOf({ starts, data, series, metric: "tokens" });
    expect(row?.values).toEqual([100, 99, 98, 97, 96, 95 + 94]);
    expect(row?.total).toBe(679);
  });

  it("stand beside the period before, with a gap where that was shorter", () => {
    const [a, b, c] = rowsOf({ starts, data: [], series: [], metric: "tokens" });
    if (!a || !b || !c) throw new Error("three rows");
    expect(withPrevious([a, b, c], [{ ...a, total: 3 }]).map(({ previous }) => previous)).toEqual([
      3,
      null,
      null,
    ]);
  });
});

it("a change is shown in whole percent, and not at all against zero", () => {
  expect(changeOf(150, 100)).toBe("50% more");
  expect(changeOf(1, 4)).toBe("75% less");
  expect(changeOf(100, 100)).toBe("no change");
  expect(changeOf(5, 0)).toBeNull();
});
