import type { MetricValues } from "../metrics";

type Family = MetricValues[number];
type Value = Family["values"][number] & { metricName?: string };

/** One label set of a histogram: how many values fell between two boundaries. The last count is of those above all boundaries. */
export interface HistogramPoint {
  labels: Value["labels"];
  histogram: { buckets: { boundaries: number[]; counts: number[] }; count: number; sum: number };
}

/** prom-client lists cumulative buckets, then sum and count, for one label set after another. */
export function histogramPoints(family: Family): HistogramPoint[] {
  const points = new Map<string, HistogramPoint & { below: number }>();
  for (const { labels, value, metricName } of family.values as Value[]) {
    const { le, ...own } = labels as Value["labels"] & { le?: string | number };
    const key = JSON.stringify(own);
    const point = points.get(key) ?? {
      labels: own,
      histogram: { buckets: { boundaries: [], counts: [] }, count: 0, sum: 0 },
      below: 0,
    };
    points.set(key, point);
    const { histogram } = point;
    if (metricName?.endsWith("_sum")) histogram.sum = value;
    else if (metricName?.endsWith("_count")) histogram.count = value;
    else {
      if (le !== "+Inf") histogram.buckets.boundaries.push(Number(le));
      histogram.buckets.counts.push(value - point.below);
      point.below = value;
    }
  }
  return [...points.values()];
}
