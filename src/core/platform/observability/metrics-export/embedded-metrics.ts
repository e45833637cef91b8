import { type HistogramPoint, histogramPoints } from "./histogram-points";
import type { MetricValues } from "../metrics";

/**
 * What is embedded into the log for CloudWatch, under the names and labels that `awsemf` of infra/monitoring/collector.yml declares:
 * a figure of a function and the same figure out of a collector are one. A test compares them.
 */
export const EMBEDDED = {
  namespace: "AgathaAI",
  metrics: /^agatha_(provider_\w+|worker_\w+|usage_defects_total)$/,
  /** Each is a series of its own in CloudWatch, for each of its values; a metric's other labels are in its line alone. */
  labels: ["provider", "kind", "status", "direction"],
};

type Family = MetricValues[number];
type Labels = Family["values"][number]["labels"];
interface Counted {
  labels: Labels;
  value: number | { Values: number[]; Counts: number[] };
}

/**
 * Lines of CloudWatch's embedded metric format: what was counted since the lines before. For a process that nobody can ask,
 * because it is frozen between two events. Gauges are not among them: what they say is said by processes that go on.
 */
export class EmbeddedMetrics {
  readonly #counters = new Map<string, number>();
  readonly #histograms = new Map<string, HistogramPoint["histogram"]>();

  /** `of`: whose figures they are, such as its cell. Part of each series' name. */
  constructor(private readonly of: Readonly<Record<string, string>>) {}

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
    const whose = Object.keys(this.of);
    const dimensions = [whose, ...EMBEDDED.labels.filter((one) => one in own).map((one) => [...whose, one])];
    const metrics = [{ Name: name, Unit: /_seconds$/.test(name) ? "Seconds" : "Count" }];
    return `${JSON.stringify({
      _aws: {
        Timestamp: now.getTime(),
        CloudWatchMetrics: [{ Namespace: EMBEDDED.namespace, Dimensions: dimensions, Metrics: metrics }],
      },
      ...own,
      ...this.of,
      [name]: value,
    })}\n`;
  }
}

const keyOf = (name: string, labels: Labels) => `${name} ${JSON.stringify(labels)}`;

/**
 * What a histogram observed since, as values that CloudWatch makes percentiles of. Only the bucket of each is known: it is
 * taken to be in its middle, and all are moved by one factor, each within its bucket, so that their sum comes to what was measured.
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
