import { describe, expect, it } from "vitest";
import type { UsageBucket } from "../usage";
import { fillDays, projectMonthEnd } from "./overview-figures";

const nothing = {
  requests: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  errors: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  cache_write_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
  cost_micros: 0,
  cache_hits: 0,
  byok_requests: 0,
  byok_fee_micros: 0,
  provider_cost_micros: 0,
};

it("days without requests are zero, in order, and have no latency", () => {
  const bucket: UsageBucket = {
    ...nothing,
    start: "2026-11-02T00:00:00.000Z",
    group: null,
    requests: 3,
    failed: 1,
    cost_micros: 12,
    latency_ms: { p50: 40, p95: 90 },
  };
  const days = fillDays({ from: new Date("2026-11-01T00:00:00Z"), count: 3, buckets: [bucket] });
  expect(days).toEqual([
    {
      start: "2026-11-01T00:00:00.000Z",
      requests: 0,
      failed: 0,
      cost_micros: 0,
      latency_p50_ms: null,
      latency_p95_ms: null,
    },
    {
      start: "2026-11-02T00:00:00.000Z",
      requests: 3,
      failed: 1,
      cost_micros: 12,
      latency_p50_ms: 40,
      latency_p95_ms: 90,
    },
    {
      start: "2026-11-03T00:00:00.000Z",
      requests: 0,
      failed: 0,
      cost_micros: 0,
      latency_p50_ms: null,
      latency_p95_ms: null,
    },
  ]);
});

const start = new Date("2026-11-01T00:00:00Z");
const end = new Date("2026-12-01T00:00:00Z");
const at = (now: string, used = 1_000) => projectMonthEnd({ used, start, end, now: new Date(now) });

describe("the projected month end", () => {
  it("doubles what is used by the middle of the month", () => {
    expect(at("2026-11-16T00:00:00Z")).toBe(2_000);
  });

  it("is what is used once the month is over, and in its first hour", () => {
    expect(at("2026-12-01T00:00:00Z")).toBe(1_000);
    expect(at("2026-11-01T00:00:01Z")).toBe(1_000);
  });

  it("is never less than what is used, and nothing stays nothing", () => {
    expect(at("2026-11-30T23:59:59.999Z", 7)).toBe(7);
    expect(at("2026-11-10T00:00:00Z", 0)).toBe(0);
  });
});
