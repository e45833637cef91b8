import { Counter, Gauge, Histogram, Registry } from "prom-client";
import { expect, it } from "vitest";
import { EmbeddedMetrics } from "./embedded-metrics";

const registry = new Registry();
const registers = [registry];
const ended = new Counter({
  name: "agatha_worker_requests_ended_total",
  help: "Ended.",
  labelNames: ["status"],
  registers,
});
const seconds = new Histogram({
  name: "agatha_provider_request_duration_seconds",
  help: "Attempts.",
  labelNames: ["provider", "model"],
  buckets: [0.1, 0.5, 1, 5],
  registers,
});
const inFlight = new Gauge({ name: "agatha_worker_jobs_in_flight", help: "Now.", registers });
const others = new Counter({ name: "agatha_http_requests_total", help: "Not a function's.", registers });

const at = new Date("2026-11-28T10:00:00Z");
const metrics = new EmbeddedMetrics({ "service.name": "agathaai-worker", cell: "euw1" });
const written = async () =>
  metrics.linesOf(await registry.getMetricsAsJSON(), at).map((line) => {
    expect(line.endsWith("}\n")).toBe(true);
    return JSON.parse(line);
  });

it("a counter is written as what was counted since, and not at all where nothing was; gauges and what is not of its work never", async () => {
  ended.inc({ status: "completed" }, 2);
  inFlight.set(3);
  others.inc();
  const [first, ...more] = await written();
  expect(more).toEqual([]);
  expect(first).toEqual({
    _aws: {
      Timestamp: at.getTime(),
      CloudWatchMetrics: [
        {
          Namespace: "AgathaAI",
          Dimensions: [
            ["service.name", "cell"],
            ["service.name", "cell", "status"],
          ],
          Metrics: [{ Name: "agatha_worker_requests_ended_total", Unit: "Count" }],
        },
      ],
    },
    status: "completed",
    "service.name": "agathaai-worker",
    cell: "euw1",
    agatha_worker_requests_ended_total: 2,
  });
  ended.inc({ status: "completed" });
  ended.inc({ status: "failed" });
  expect((await written()).map((line) => [line.status, line.agatha_worker_requests_ended_total])).toEqual([
    ["completed", 1],
    ["failed", 1],
  ]);
  expect(await written()).toEqual([]);
});

it("a histogram is written as values within their buckets, whose sum is what was measured as far as buckets allow; a single one is itself", async () => {
  const labels = { provider: "openai", model: "gpt-4o" };
  const name = "agatha_provider_request_duration_seconds";
  seconds.observe(labels, 0.42);
  const [one] = await written();
  expect(one[name]).toEqual({ Values: [0.42], Counts: [1] });
  expect(one._aws.CloudWatchMetrics[0].Metrics).toEqual([{ Name: name, Unit: "Seconds" }]);
  expect(one).toMatchObject(labels);

  for (const value of [0.2, 0.4, 2, 12]) seconds.observe(labels, value);
  const [several] = await written();
  const { Values: values, Counts: counts } = several[name];
  expect(counts).toEqual([2, 1, 1]);
  const [low, middle, high] = values;
  expect(low).toBeGreaterThanOrEqual(0.1);
  expect(low).toBeLessThanOrEqual(0.5);
  expect(middle).toBeGreaterThanOrEqual(1);
  expect(middle).toBeLessThanOrEqual(5);
  expect(high).toBeGreaterThanOrEqual(5);
  const sum = 2 * low + middle + high;
  expect(Math.abs(sum - 14.6)).toBeLessThan(0.2);
  expect(await written()).toEqual([]);
});
