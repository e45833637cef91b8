import { setTimeout as sleep } from "node:timers/promises";
import type { Observation } from "../../../../infra/aws/gate/gate";
import { type Sampled, scrape } from "../scrape";

/** What a version has answered since its start. */
interface Totals {
  at: number;
  requests: number;
  errors: number;
  /** Answers that took at most so many seconds, by that bound. */
  within: Map<number, number>;
}

export interface Observed {
  /** What a version answered since a moment, in seconds of the caller's clock. */
  since(name: string, seconds: number): Observation;
  stop(): Promise<void>;
}

const EVERY_MS = 1_000;
/** As in production, health checks and scrapes are nobody's requests. */
const isCall = ({ labels }: Sampled) =>
  /^\/(v1|api\/v1)\//.test(labels["route"] ?? "") && labels["route"] !== "/api/v1/health";

/** Scrapes each version's own metrics once a second and keeps what they said. */
export function observeVersions(
  versions: Readonly<Record<string, { url: string; token: string }>>,
  nowSeconds: () => number,
): Observed {
  const seen = new Map<string, Totals[]>();
  let stopped = false;
  const look = async () => {
    while (!stopped) {
      await Promise.all(
        Object.entries(versions).map(async ([name, { url, token }]) => {
          const samples = await scrape(`${url}/api/metrics`, token);
          if (samples === undefined) return;
          seen.set(name, [...(seen.get(name) ?? []), totalsOf(samples, nowSeconds())]);
        }),
      );
      await sleep(EVERY_MS);
    }
  };
  const looking = look();
  return {
    since: (name, seconds) => {
      const all = seen.get(name) ?? [];
      const now = all.at(-1);
      // The first look after the moment is later than it by a second at most: what was answered then counts for nobody.
      const before = all.find(({ at }) => at >= seconds) ?? now;
      return now === undefined || before === undefined ? { requests: 0, errors: 0 } : between(before, now);
    },
    stop: async () => {
      stopped = true;
      await looking;
    },
  };
}

function totalsOf(samples: readonly Sampled[], at: number): Totals {
  const totals: Totals = { at, requests: 0, errors: 0, within: new Map() };
  for (const sample of samples.filter(isCall)) {
    if (sample.name === "agatha_http_requests_total") {
      totals.requests += sample.value;
      if (/^5/.test(sample.labels["status"] ?? "")) totals.errors += sample.value;
    }
    if (sample.name === "agatha_http_request_duration_seconds_bucket") {
      const bound = sample.labels["le"] === "+Inf" ? Number.POSITIVE_INFINITY : Number(sample.labels["le"]);
      totals.within.set(bound, (totals.within.get(bound) ?? 0) + sample.value);
    }
  }
  return totals;
}

function between(before: Totals, now: Totals): Observation {
  const buckets = [...now.within]
    .map(([bound, count]) => ({ bound, count: count - (before.within.get(bound) ?? 0) }))
    .sort((one, other) => one.bound - other.bound);
  return {
    requests: now.requests - before.requests,
    errors: now.errors - before.errors,
    p95Ms: quantile(0.95, buckets),
  };
}

/** Prometheus's `histogram_quantile`: within its bucket a value is taken to lie where its rank does. */
function quantile(share: number, buckets: readonly { bound: number; count: number }[]): number | undefined {
  const total = buckets.at(-1)?.count ?? 0;
  if (total === 0) return undefined;
  let lower = { bound: 0, count: 0 };
  for (const bucket of buckets) {
    if (bucket.count >= share * total) {
      if (bucket.bound === Number.POSITIVE_INFINITY) return 1_000 * lower.bound;
      const within = (share * total - lower.count) / (bucket.count - lower.count);
      return 1_000 * (lower.bound + (bucket.bound - lower.bound) * within);
    }
    lower = bucket;
  }
  return undefined;
}
