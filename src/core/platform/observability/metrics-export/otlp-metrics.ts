import { hostname } from "node:os";
import type { HrTime } from "@opentelemetry/api";
import type { DataPoint, MetricData, MetricProducer } from "@opentelemetry/sdk-metrics";
import { singleton } from "../../concurrency/singleton";
import { withTimeout } from "../../concurrency/with-timeout";
import { env } from "../../env";
import { log } from "../log";
import type { MetricValues } from "../metrics";
import { histogramPoints } from "./histogram-points";

type Sdk = typeof import("@opentelemetry/sdk-metrics") &
  Pick<typeof import("@opentelemetry/api"), "ValueType">;
type Family = MetricValues[number];
type Value = Family["values"][number];

const exporting = singleton("metrics export", (provider: { shutdown(): Promise<void> }) => provider);

const SHUTDOWN_MS = 3_000;
const EXPORT_MS = 5_000;

/**
 * Sends the registry's metrics by OTLP once a minute where a collector is configured, with the names that Prometheus scrapes:
 * dashboards and alerts mean the same either way. Elsewhere nothing is loaded.
 */
export async function startMetricsExport(
  service: "agathaai-server" | "agathaai-worker",
  read: () => Promise<MetricValues>,
): Promise<void> {
  const url = collectorUrl();
  if (url === undefined || exporting.peek() !== undefined) return;
  const [{ ValueType }, metricsSdk, exporter, resources] = await Promise.all([
    import("@opentelemetry/api"),
    import("@opentelemetry/sdk-metrics"),
    import("@opentelemetry/exporter-metrics-otlp-proto"),
    import("@opentelemetry/resources"),
  ]);
  const sdk = { ...metricsSdk, ValueType };
  const resource = resources.resourceFromAttributes({
    "service.name": env().OTEL_SERVICE_NAME ?? service,
    // Several processes of one host export each for itself.
    "service.instance.id": `${hostname()}:${process.pid}`,
  });
  const startTime = hrTime(Date.now() - process.uptime() * 1_000);
  const producer: MetricProducer = {
    async collect() {
      const families = await read();
      const now = hrTime(Date.now());
      const metrics = families.flatMap((family) => metricOf(sdk, family, startTime, now));
      return {
        resourceMetrics: { resource, scopeMetrics: [{ scope: { name: "agathaai" }, metrics }] },
        errors: [],
      };
    },
  };
  const interval = env().OTEL_METRIC_EXPORT_INTERVAL;
  const reader = new sdk.PeriodicExportingMetricReader({
    exporter: new exporter.OTLPMetricExporter({ url, timeoutMillis: EXPORT_MS }),
    exportIntervalMillis: interval,
    exportTimeoutMillis: Math.min(EXPORT_MS, interval),
    metricProducers: [producer],
  });
  exporting(new sdk.MeterProvider({ resource, readers: [reader] }));
  log().info({ service, collector: new URL(url).host }, "metrics export");
}

/** Sends the last values. Waits at most three seconds for a collector that does not answer. */
export async function stopMetricsExport(): Promise<void> {
  const stopped = exporting.clear();
  if (stopped === undefined) return;
  try {
    await withTimeout(stopped.shutdown(), SHUTDOWN_MS);
  } catch (error) {
    log().warn({ err: error }, "metrics were not sent");
  }
}

function collectorUrl(): string | undefined {
  const { OTEL_EXPORTER_OTLP_ENDPOINT: base, OTEL_EXPORTER_OTLP_METRICS_ENDPOINT: exact } = env();
  return exact ?? (base && `${base.replace(/\/+$/, "")}/v1/metrics`);
}

const hrTime = (ms: number): HrTime => [Math.floor(ms / 1_000), Math.round((ms % 1_000) * 1e6)];

const UNITS: [RegExp, string][] = [
  [/_seconds(_total)?$/, "s"],
  [/_bytes(_total)?$/, "By"],
  [/_ratio$/, "1"],
];

/** One family of prom-client as OpenTelemetry's data. Sums run from the process's start; summaries have no counterpart here. */
function metricOf(sdk: Sdk, family: Family, startTime: HrTime, endTime: HrTime): MetricData[] {
  const common = {
    descriptor: {
      name: family.name,
      description: family.help,
      unit: UNITS.find(([name]) => name.test(family.name))?.[1] ?? "",
      valueType: sdk.ValueType.DOUBLE,
    },
    aggregationTemporality: sdk.AggregationTemporality.CUMULATIVE,
  };
  const point = ({ labels, value }: Value): DataPoint<number> => ({
    startTime,
    endTime,
    attributes: attributesOf(labels),
    value,
  });
  switch (String(family.type)) {
    case "counter":
      return [
        {
          ...common,
          dataPointType: sdk.DataPointType.SUM,
          isMonotonic: true,
          dataPoints: family.values.map(point),
        },
      ];
    case "gauge":
      return [{ ...common, dataPointType: sdk.DataPointType.GAUGE, dataPoints: family.values.map(point) }];
    case "histogram":
      return [
        {
          ...common,
          dataPointType: sdk.DataPointType.HISTOGRAM,
          dataPoints: histogramPoints(family).map(({ labels, histogram }) => ({
            startTime,
            endTime,
            attributes: attributesOf(labels),
            value: histogram,
          })),
        },
      ];
    default:
      return [];
  }
}

const attributesOf = (labels: Value["labels"]) =>
  Object.fromEntries(Object.entries(labels).filter(([, value]) => value !== undefined)) as Record<
    string,
    string | number
  >;
