import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { addLatencies, type LatencyHistogram, latencyOf, percentile } from "./latency";

const bucketOf = (ms: number) => (ms < 1 ? -1 : Math.floor(4 * Math.log2(ms)));

/** As the database adds them up: one entry a latency. */
function histogramOf(latencies: readonly number[]): LatencyHistogram {
  return addLatencies(new Map(), {
    buckets: latencies.map(bucketOf),
    counts: latencies.map(() => 1),
    lows: latencies,
    highs: latencies,
  });
}

const latencies = fc.array(fc.integer({ min: 0, max: 600_000 }), { minLength: 1, maxLength: 200 });
const exact = (all: readonly number[], p: number) =>
  all.toSorted((left, right) => left - right)[Math.max(1, Math.ceil(p * all.length)) - 1] ?? Number.NaN;

describe("a percentile", () => {
  it("never lies below the fastest request nor above the slowest", () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (all, p) => {
        const found = percentile(histogramOf(all), p) ?? Number.NaN;
        expect(found).toBeGreaterThanOrEqual(Math.min(...all));
        expect(found).toBeLessThanOrEqual(Math.max(...all));
      }),
    );
  });

  it("is exact where at most two requests share its bucket", () => {
    expect(latencyOf(histogramOf([640]))).toEqual({ p50: 640, p95: 640 });
    expect(latencyOf(histogramOf([617, 640]))).toEqual({ p50: 617, p95: 640 });
    expect(latencyOf(histogramOf([5, 100, 617, 640, 9_000]))).toEqual({ p50: 617, p95: 9_000 });
  });

  it("is within a bucket's width, a fifth, of the real one, however many there are", () => {
    fc.assert(
      fc.property(latencies, fc.double({ min: 0, max: 1, noNaN: true }), (all, p) => {
        const [found, real] = [percentile(histogramOf(all), p) ?? Number.NaN, exact(all, p)];
        expect(Math.abs(found - real)).toBeLessThanOrEqual(real * (2 ** 0.25 - 1) + 0.5);
      }),
    );
  });

  it("is the same whether requests are added up at once or in parts", () => {
    fc.assert(
      fc.property(latencies, fc.nat(200), (all, at) => {
        const parts = histogramOf(all.slice(0, at));
        const rest = histogramOf(all.slice(at));
        for (const [bucket, { count, low, high }] of rest)
          addLatencies(parts, { buckets: [bucket], counts: [count], lows: [low], highs: [high] });
        expect(latencyOf(parts)).toEqual(latencyOf(histogramOf(all)));
      }),
    );
  });

  it("is null without requests", () => expect(latencyOf(new Map())).toBeNull());
});
