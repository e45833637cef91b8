import { singleton } from "../concurrency/singleton";
import { withTimeout } from "../concurrency/with-timeout";
import { poolState } from "../db/client";
import type { GaugeReader, GaugeSource } from "./gauges";
import { log } from "./log";
import { gauge, metricsRegistry } from "./metrics";

/** Scrapes by several Prometheus servers, or by a person who reloads the page, share one reading. */
const FRESH_MS = 5_000;
/** A scrape must end before Prometheus gives it up (10 s); what hangs is reported as down. */
const TIMEOUT_MS = 3_000;

export const METRICS_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export const scrapeGauges = singleton("scrape gauges", () => ({
  sourceUp: gauge("agatha_metrics_source_up", "Whether the values behind a scrape could be read.", [
    "source",
  ]),
  dbConnections: gauge("agatha_db_pool_connections", "Connections of this process's pool.", ["state"]),
  dbWaiting: gauge("agatha_db_pool_waiting", "Callers waiting for a connection.", []),
}));

const lastReading = singleton("gauge reading", () => ({
  at: Number.NEGATIVE_INFINITY,
  done: Promise.resolve(),
}));

/** The registry as text, after a reading of all gauges that is at most five seconds old. */
export async function renderMetrics(from: GaugeReader, sources: readonly GaugeSource[]): Promise<string> {
  const reading = lastReading();
  if (performance.now() - reading.at > FRESH_MS) {
    reading.at = performance.now();
    reading.done = readAll(from, sources);
  }
  await reading.done;
  readPool();
  return metricsRegistry().metrics();
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

/** A value that could not be read is left out: an old one would look like a calm sea. */
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
