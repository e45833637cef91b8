import { AggregatorRegistry } from "prom-client";
import { singleton } from "../../concurrency/singleton";
import { withTimeout } from "../../concurrency/with-timeout";
import { poolState } from "../../db/client";
import type { GaugeReader, GaugeSource } from "../gauges";
import { log } from "../log";
import { gauge, type MetricValues, metricsRegistry } from "../metrics";

/** Several Prometheus servers, or a person reloading the page, share one reading. */
const FRESH_MS = 5_000;
/** Prometheus gives up a scrape after 10 s; a source that hangs is reported as down before. */
const TIMEOUT_MS = 3_000;

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const scrapeGauges = singleton("scrape gauges", () => ({
  sourceUp: gauge("agatha_metrics_source_up", "Whether the values behind a scrape could be read.", [
    "source",
  ]),
  dbConnections: gauge("agatha_db_pool_connections", "Connections of the process's pool.", ["state"], "sum"),
  dbWaiting: gauge("agatha_db_pool_waiting", "Callers waiting for a connection.", [], "sum"),
}));

const lastReading = singleton("gauge reading", () => ({
  at: Number.NEGATIVE_INFINITY,
  done: Promise.resolve(),
}));

/** The metrics as text. Gauges were read at most five seconds ago. */
export async function renderMetrics(from: GaugeReader, sources: readonly GaugeSource[]): Promise<string> {
  await refresh(from, sources);
  return metricsRegistry().metrics();
}

/** The same as values, to be joined with those of other processes. */
export async function readMetrics(from: GaugeReader, sources: readonly GaugeSource[]): Promise<MetricValues> {
  await refresh(from, sources);
  return metricsRegistry().getMetricsAsJSON();
}

/** Several processes' metrics as text: counts are added up, and of gauges the highest is taken, but for those that say otherwise. */
export function joinMetrics(processes: readonly MetricValues[]): Promise<string> {
  return AggregatorRegistry.aggregate([...processes]).metrics();
}

async function refresh(from: GaugeReader, sources: readonly GaugeSource[]): Promise<void> {
  const reading = lastReading();
  if (performance.now() - reading.at > FRESH_MS) {
    reading.at = performance.now();
    reading.done = readAll(from, sources);
  }
  await reading.done;
  readPool();
}

async function readAll(from: GaugeReader, sources: readonly GaugeSource[]): Promise<void> {
  const names = new Set(sources.map(({ source }) => source));
  await Promise.all(
    [...names].map((name) =>
      readSource(
        name,
        from,
        sources.filter(({ source }) => source === name),
      ),
    ),
  );
}

/** A gauge that could not be read is left out, because its old value would look like a healthy one. */
async function readSource(source: string, from: GaugeReader, parts: readonly GaugeSource[]): Promise<void> {
  try {
    await withTimeout(Promise.all(parts.map((part) => part.read(from))), TIMEOUT_MS);
    scrapeGauges().sourceUp.set({ source }, 1);
  } catch (error) {
    for (const gauge of parts.flatMap((part) => part.gauges())) gauge.reset();
    scrapeGauges().sourceUp.set({ source }, 0);
    log().warn({ err: error, source }, "metrics could not be read");
  }
}

function readPool(): void {
  const { total, idle, waiting } = poolState();
  const { dbConnections, dbWaiting } = scrapeGauges();
  dbConnections.set({ state: "total" }, total);
  dbConnections.set({ state: "idle" }, idle);
  dbWaiting.set(waiting);
}
