/**
 * Latencies in buckets of a quarter octave: bucket b holds [2^(b/4), 2^((b+1)/4)) milliseconds, −1 holds zero. Unlike
 * percentiles, histograms of two sets of requests can be added. Each bucket keeps its lowest and highest latency, so
 * one or two are exact and more are interpolated between real values: no percentile is below the fastest request or
 * above the slowest. The database assigns buckets (`latency_bucket`).
 */
export interface LatencyBucket {
  count: number;
  low: number;
  high: number;
}
export type LatencyHistogram = Map<number, LatencyBucket>;

/** Lists of equal length, one entry per bucket, as the statistics store them. */
export interface LatencyColumns {
  buckets: readonly number[];
  counts: readonly number[];
  lows: readonly number[];
  highs: readonly number[];
}

export function addLatencies(
  into: LatencyHistogram,
  { buckets, counts, lows, highs }: LatencyColumns,
): LatencyHistogram {
  for (const [index, bucket] of buckets.entries()) {
    const [count, low, high] = [counts[index], lows[index], highs[index]];
    if (count === undefined || low === undefined || high === undefined)
      throw new Error("the latency columns differ in length");
    const known = into.get(bucket);
    into.set(bucket, {
      count: count + (known?.count ?? 0),
      low: Math.min(low, known?.low ?? low),
      high: Math.max(high, known?.high ?? high),
    });
  }
  return into;
}

/** The latency that the share `p` of requests does not exceed (nearest rank), in milliseconds; null without requests. */
export function percentile(histogram: LatencyHistogram, p: number): number | null {
  const sorted = [...histogram].sort(([left], [right]) => left - right);
  const total = sorted.reduce((sum, [, { count }]) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(p * total));
  let before = 0;
  for (const [, bucket] of sorted) {
    if (before + bucket.count >= rank) return atRank(bucket, rank - before);
    before += bucket.count;
  }
  return null;
}

/** The first of a bucket is its lowest, the last its highest; the others are assumed to be evenly spaced. */
function atRank({ count, low, high }: LatencyBucket, rank: number): number {
  return count === 1 ? low : Math.round(low + ((high - low) * (rank - 1)) / (count - 1));
}

/** p50 and p95 together. */
export function latencyOf(histogram: LatencyHistogram): { p50: number; p95: number } | null {
  const [p50, p95] = [percentile(histogram, 0.5), percentile(histogram, 0.95)];
  return p50 === null || p95 === null ? null : { p50, p95 };
}
