/**
 * Latencies in buckets that grow by a fourth of an octave: bucket b holds [2^(b/4), 2^((b+1)/4)) milliseconds, −1 holds
 * zero. Histograms of any two sets of requests add up to that of both, which percentiles do not. The middle of a bucket
 * is at most a factor 2^(1/8) from everything in it: a percentile is exact to within 9.1 %. The database puts each
 * latency into its bucket (`latency_bucket`).
 */
export type LatencyHistogram = Map<number, number>;

export function addLatencies(
  into: LatencyHistogram,
  buckets: readonly number[],
  counts: readonly number[],
): LatencyHistogram {
  for (const [index, bucket] of buckets.entries()) {
    into.set(bucket, (into.get(bucket) ?? 0) + (counts[index] ?? 0));
  }
  return into;
}

/** The latency that the share `p` of requests does not exceed (nearest rank), in milliseconds; null without requests. */
export function percentile(histogram: LatencyHistogram, p: number): number | null {
  const sorted = [...histogram].sort(([left], [right]) => left - right);
  const total = sorted.reduce((sum, [, count]) => sum + count, 0);
  const rank = Math.max(1, Math.ceil(p * total));
  let seen = 0;
  for (const [bucket, count] of sorted) {
    seen += count;
    if (seen >= rank) return middle(bucket);
  }
  return null;
}

function middle(bucket: number): number {
  return bucket < 0 ? 0 : Math.round(2 ** ((bucket + 0.5) / 4));
}

/** p50 and p95 together. */
export function latencyOf(histogram: LatencyHistogram): { p50: number; p95: number } | null {
  const [p50, p95] = [percentile(histogram, 0.5), percentile(histogram, 0.95)];
  return p50 === null || p95 === null ? null : { p50, p95 };
}
