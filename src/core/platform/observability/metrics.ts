import { Counter, collectDefaultMetrics, Gauge, Registry } from "prom-client";
import { singleton } from "../concurrency/singleton";
import { NamedHistogram } from "./instruments/named-histogram";
import { TalliedCounter } from "./instruments/tallied-counter";

export const metricsRegistry = singleton("metrics registry", () => {
  const made = new Registry();
  collectDefaultMetrics({ register: made });
  return made;
});

export type MetricValues = Awaited<ReturnType<Registry["getMetricsAsJSON"]>>;

/*
 * The module that is measured makes its instruments with these, in a `singleton`. Label values come from our own
 * tables (route patterns, error codes, catalogue models, providers, queue names), never from what a caller sent, so
 * the number of series is bounded.
 */

export function counter<Label extends string>(name: string, help: string, labelNames: readonly Label[]) {
  return new Counter({ name, help, labelNames, registers: [metricsRegistry()] });
}

/** A counter of what every call counts. */
export function talliedCounter<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
) {
  return new TalliedCounter({ name, help, labelNames, registers: [metricsRegistry()] });
}

/** `joined`: what the value of several processes of one server is. Most gauges are read from what they share. */
export function gauge<Label extends string>(
  name: string,
  help: string,
  labelNames: readonly Label[],
  joined: "max" | "sum" = "max",
) {
  return new Gauge({ name, help, labelNames, aggregator: joined, registers: [metricsRegistry()] });
}

export function histogram<Label extends string>(
  name: string,
  help: string,
  { labelNames, buckets }: { labelNames: readonly Label[]; buckets: number[] },
) {
  return new NamedHistogram({ name, help, labelNames, buckets, registers: [metricsRegistry()] });
}
