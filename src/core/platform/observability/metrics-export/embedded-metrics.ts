import type { MetricValues } from "../metrics";
import { type HistogramPoint, histogramPoints } from "./histogram-points";

/**
 * The metrics that a Lambda function writes into its log for CloudWatch. Namespace, names and labels are those that `awsemf` in
 * infra/monitoring/collector.yml declares, so that a metric of functions and of tasks is one metric; a test compares them.
 */
export const EMBEDDED = {
  namespace: "AgathaAI",
  metrics: /^agatha_(provider_\w+|worker_\w+|usage_defects_total)$/,
  /** CloudWatch keeps a series for each value of each of these. A metric's other labels are only in its log line. */
  labels: ["provider", "kind", "status", "direction"],
};

type Family = MetricValues[number];
type Labels = Family["values"][number]["labels"];
interface Counted {
  labels: Labels;
  value: number | { Values: number[]; Counts: number[] };
}

/**
 * What was counted since the last call, as lines in CloudWatch's embedded metric format: nobody can scrape a function, because it
 * is frozen between two events. Gauges are left out: processes that keep running report the same ones.
 */
export class EmbeddedMetrics {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, HistogramPoint["histogram"]>();

  /** `owner`: the dimensions that every series has, such as the cell. */
  constructor(private readonly owner: Readonly<Record<string, string>>) {}

  linesOf(families: MetricValues, now: Date): string[] {
    return families
      .filter(({ name }) => EMBEDDED.metrics.test(name))
      .flatMap((family) => this.#since(family).map((counted) => this.#line(family.name, counted, now)));
  }

  #since(family: Family): Counted[] {
    switch (String(family.type)) {
      case "counter":
        return family.values.flatMap(({ labels, value }) => {
          const key = keyOf(family.name, labels);
          const since = value - (this.#counters.get(key) ?? 0);
          this.#counters.set(key, value);
          return since > 0 ? [{ labels, value: since }] : [];
        });
      case "histogram":
        return histogramPoints(family).flatMap(({ labels, histogram }) => {
          const key = keyOf(family.name, labels);
          const value = observedSince(histogram, this.#histograms.get(key));
          this.#histograms.set(key, histogram);
          return value === undefined ? [] : [{ labels, value }];
        });
      default:
        return [];
    }
  }

  #line(name: string, { labels, value }: Counted, now: Date): string {
    const own = Object.fromEntries(Object.entries(labels).map(([label, one]) => [label, String(one)]));
    const common = Object.keys(this.owner);
    const dimensions = [
      common,
      ...EMBEDDED.labels.filter((one) => one in own).map((one) => [...common, one]),
    ];
    const metrics = [{ Name: name, Unit: /_seconds$/.test(name) ? "Seconds" : "Count" }];
    return `${JSON.stringify({
      _aws: {
        Timestamp: now.getTime(),
        CloudWatchMetrics: [{ Namespace: EMBEDDED.namespace, Dimensions: dimensions, Metrics: metrics }],
      },
      ...own,
      ...this.owner,
      [name]: value,
    })}\n`;
  }
}

const keyOf = (name: string, labels: Labels) => `${name} ${JSON.stringify(labels)}`;

/**
 * What a histogram observed since `before`, as values from which CloudWatch computes percentiles. Only the bucket of each value is
 * known, so the middle of the bucket stands for it. One factor then moves all of them, each within its bucket, toward the measured sum.
 */
function observedSince(
  { buckets: { boundaries, counts }, sum }: HistogramPoint["histogram"],
  before: HistogramPoint["histogram"] | undefined,
): { Values: number[]; Counts: number[] } | undefined {
  const observed = counts
    .map((count, index) => {
      const from = boundaries[index - 1] ?? 0;
      const to = boundaries[index] ?? Number.POSITIVE_INFINITY;
      return { count: count - (before?.buckets.counts[index] ?? 0), from, to };
    })
    .filter(({ count }) => count > 0);
  if (observed.length === 0) return undefined;
  const middle = ({ from, to }: { from: number; to: number }) =>
    to === Number.POSITIVE_INFINITY ? from : (from + to) / 2;
  const guessed = observed.reduce((total, one) => total + one.count * middle(one), 0);
  const factor = (sum - (before?.sum ?? 0)) / guessed;
  return {
    Values: observed.map((one) =>
      Number(Math.min(one.to, Math.max(one.from, middle(one) * factor)).toPrecision(6)),
    ),
    Counts: observed.map(({ count }) => count),
  };
}
