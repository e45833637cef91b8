import { expect, it } from "vitest";
import type { UsageBucket } from "../usage";
import { fillDays } from "./fill-days";

const nothing = {
  requests: 0,
  completed: 0,
  failed: 0,
  cancelled: 0,
  errors: 0,
  input_tokens: 0,
  cached_input_tokens: 0,
  output_tokens: 0,
  reasoning_tokens: 0,
  total_tokens: 0,
  cost_micros: 0,
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
