import { singleton } from "../platform/concurrency/singleton";
import type { GaugeSource } from "../platform/observability/gauges";
import { log } from "../platform/observability/log";
import { counter, gauge } from "../platform/observability/metrics";
import { redis } from "../platform/redis";
import { bytesInPostgres } from "./postgres-entries";
import { bytesInRedis } from "./redis-entries";

export const cacheMetrics = singleton("response cache metrics", () => ({
  lookups: counter("agatha_response_cache_lookups_total", "Calls that asked the response cache, by result.", [
    "result",
  ]),
  writes: counter(
    "agatha_response_cache_writes_total",
    "Answers for the response cache: stored, or refused because they were too long or found no room.",
    ["result"],
  ),
  evictions: counter(
    "agatha_response_cache_evictions_total",
    "Stored answers dropped before their time, to make room.",
    [],
  ),
}));

const gauges = singleton("response cache gauges", () => ({
  bytes: gauge("agatha_response_cache_bytes", "What stored answers take, by store.", ["store"]),
}));

export const responseCacheGauges: GaugeSource = {
  source: "database",
  gauges: () => Object.values(gauges()),
  async read({ db }) {
    const { bytes } = gauges();
    bytes.set({ store: "postgres" }, await bytesInPostgres(db));
    const client = redis();
    if (client === undefined) return;
    try {
      bytes.set({ store: "redis" }, await bytesInRedis(client));
    } catch (error) {
      log().debug({ err: error }, "Redis does not say what stored answers take");
    }
  },
};
