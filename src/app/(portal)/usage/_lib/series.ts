import type { BarRow, BarSeries } from "@/components/charts/bars";
import type { Outputs } from "../../../_client/trpc";
import type { Metric } from "./usage-search";

export type Report = Outputs["usage"]["get"];
export type Measures = Report["totals"];
type Bucket = Report["data"][number];

const MOST_GROUPS = 5;
const OTHER = "other";

export const measureOf: Record<Metric, (measures: Measures | Bucket) => number> = {
  tokens: (measures) => measures.total_tokens,
  requests: (measures) => measures.requests,
  cost: (measures) => measures.cost_micros,
};

export interface GroupSum {
  id: string;
  label: string;
  requests: number;
  failed: number;
  input_tokens: number;
  cached_input_tokens: number;
  cache_write_tokens: number;
  output_tokens: number;
  reasoning_tokens: number;
  total_tokens: number;
  cost_micros: number;
}

/** Each group's sums over the period, largest first. */
export function sumGroups(data: Bucket[], metric: Metric): GroupSum[] {
  const sums = new Map<string, GroupSum>();
  for (const bucket of data) {
    const { id, label } = bucket.group ?? { id: "all", label: "All" };
    const sum = sums.get(id) ?? {
      id,
      label,
      requests: 0,
      failed: 0,
      input_tokens: 0,
      cached_input_tokens: 0,
      cache_write_tokens: 0,
      output_tokens: 0,
      reasoning_tokens: 0,
      total_tokens: 0,
      cost_micros: 0,
    };
    sum.requests += bucket.requests;
    sum.failed += bucket.failed;
    sum.input_tokens += bucket.input_tokens;
    sum.cached_input_tokens += bucket.cached_input_tokens;
    sum.cache_write_tokens += bucket.cache_write_tokens;
    sum.output_tokens += bucket.output_tokens;
    sum.reasoning_tokens += bucket.reasoning_tokens;
    sum.total_tokens += bucket.total_tokens;
    sum.cost_micros += bucket.cost_micros;
    sums.set(id, sum);
  }
  const size = (sum: GroupSum) =>
    ({ tokens: sum.total_tokens, requests: sum.requests, cost: sum.cost_micros })[metric];
  return [...sums.values()].sort((a, b) => size(b) - size(a) || a.label.localeCompare(b.label));
}

/** The five largest groups; the rest are summed up as "Other". */
export function seriesOf(sums: readonly GroupSum[]): BarSeries[] {
  const shown = sums.length > MOST_GROUPS + 1 ? sums.slice(0, MOST_GROUPS) : sums;
  const series = shown.map(({ id, label }) => ({ id, label }));
  const rest = sums.length - shown.length;
  return rest === 0 ? series : [...series, { id: OTHER, label: `Other (${rest})` }];
}

interface Cutting {
  starts: readonly string[];
  data: readonly Bucket[];
  series: readonly BarSeries[];
  metric: Metric;
}

/** One row per bucket, in order. Buckets without requests are zero. */
export function rowsOf({ starts, data, series, metric }: Cutting): BarRow[] {
  const measure = measureOf[metric];
  const indexes = new Map(series.map(({ id }, index) => [id, index]));
  const other = indexes.get(OTHER);
  const rows = new Map(
    starts.map((start): [string, BarRow] => [
      start,
      { start, values: series.map(() => 0), total: 0, previous: null },
    ]),
  );
  for (const bucket of data) {
    const row = rows.get(new Date(bucket.start).toISOString());
    if (row === undefined) continue;
    const value = measure(bucket);
    const index = indexes.get(bucket.group?.id ?? "all") ?? other;
    if (index !== undefined) row.values[index] = (row.values[index] ?? 0) + value;
    row.total += value;
  }
  return [...rows.values()];
}

/** Adds the previous period's totals, bucket by bucket; a gap where it has fewer. */
export function withPrevious(rows: BarRow[], previous: readonly BarRow[]): BarRow[] {
  return rows.map((row, index) => ({ ...row, previous: previous[index]?.total ?? null }));
}

/** "12% more"; null if there is nothing to compare with. */
export function changeOf(now: number, before: number): string | null {
  if (before === 0) return null;
  const percent = Math.round(((now - before) / before) * 100);
  if (percent === 0) return "no change";
  return `${Math.abs(percent).toLocaleString("en-US")}% ${percent > 0 ? "more" : "less"}`;
}
