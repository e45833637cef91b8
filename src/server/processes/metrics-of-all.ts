import cluster from "node:cluster";
import { randomUUID } from "node:crypto";
import { singleton } from "@agathaai/core/platform/concurrency/singleton";
import { withTimeout } from "@agathaai/core/platform/concurrency/with-timeout";
import type { GaugeReader, GaugeSource } from "@agathaai/core/platform/observability/gauges";
import type { MetricValues } from "@agathaai/core/platform/observability/metrics";
import {
  joinMetrics,
  readMetrics,
  renderMetrics,
} from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { type MetricsMessage, metricsMessage } from "./relay-metrics";

/** Below the ten seconds that Prometheus waits. */
const TIMEOUT_MS = 8_000;

const waiting = singleton("metrics asked for", () => new Map<string, (values: unknown[]) => void>());

/**
 * The metrics of the whole server as text: a scrape reaches any one of the processes behind the port, and counters that
 * change with who answers would be worthless.
 */
export async function metricsOfAll(from: GaugeReader, sources: readonly GaugeSource[]): Promise<string> {
  if (!cluster.isWorker) return renderMetrics(from, sources);
  const id = randomUUID();
  const answered = new Promise<unknown[]>((resolve) => waiting().set(id, resolve));
  say({ about: "metrics of all", id });
  try {
    // They are what `readMetrics` gave in processes of this same program.
    return await joinMetrics((await withTimeout(answered, TIMEOUT_MS)) as MetricValues[]);
  } finally {
    waiting().delete(id);
  }
}

/** In each of several processes: gives its metrics when the primary asks. */
export function offerMetrics(from: () => GaugeReader, sources: readonly GaugeSource[]): void {
  if (!cluster.isWorker) return;
  process.on("message", (message: unknown) => {
    const { data } = metricsMessage.safeParse(message);
    if (data === undefined) return;
    if (data.about === "all metrics") waiting().get(data.id)?.(data.values);
    if (data.about !== "your metrics") return;
    readMetrics(from(), sources).then(
      (values) => say({ about: "my metrics", id: data.id, values }),
      () => say({ about: "my metrics", id: data.id, values: [] }),
    );
  });
}

function say(message: MetricsMessage): void {
  if (process.connected) process.send?.(message);
}
