import { readFileSync } from "node:fs";
import { pricingMetrics } from "@agathaai/core/models";
import { metricsRegistry } from "@agathaai/core/platform/observability/metrics";
import {
  EMBEDDED,
  EmbeddedMetrics,
} from "@agathaai/core/platform/observability/metrics-export/embedded-metrics";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { functionOf, providerMetrics, workerMetrics } from "../../src/worker/metrics";
import { monitoringFile } from "./read-alerts";

const read = (file: string) => readFileSync(monitoringFile(file), "utf8");

const pipeline = z.object({
  receivers: z.array(z.string()),
  processors: z.array(z.string()),
  exporters: z.array(z.string()),
});
const collectorSchema = z.object({
  receivers: z.record(z.string(), z.unknown()),
  processors: z.record(z.string(), z.unknown()),
  exporters: z.record(z.string(), z.unknown()),
  service: z.object({ pipelines: z.record(z.string(), pipeline) }),
});

it("every part that a pipeline of the collector names is configured, and every configured part is used", () => {
  const { service, ...parts } = collectorSchema.parse(parse(read("collector.yml")));
  const pipelines = Object.values(service.pipelines);
  for (const kind of ["receivers", "processors", "exporters"] as const) {
    const used = new Set(pipelines.flatMap((part) => part[kind]));
    expect([...used].sort(), kind).toEqual(Object.keys(parts[kind]).sort());
  }
});

it("memory is limited first and batches are made last, as the collector's own guide asks", () => {
  const { service } = collectorSchema.parse(parse(read("collector.yml")));
  for (const { processors } of Object.values(service.pipelines)) {
    expect(processors.at(0)).toBe("memory_limiter");
    expect(processors.at(-1)).toBe("batch");
  }
});

/** A line of CloudWatch's embedded metric format. */
const embedded = z.object({
  _aws: z.object({
    CloudWatchMetrics: z.tuple([
      z.object({
        Namespace: z.string(),
        Dimensions: z.array(z.array(z.string())),
        Metrics: z.tuple([z.object({ Name: z.string() })]),
      }),
    ]),
  }),
});

it("a function embeds each figure under the namespace, name and labels under which the collector exports it", async () => {
  const { awsemf } = z
    .object({
      awsemf: z.object({
        namespace: z.string(),
        resource_to_telemetry_conversion: z.object({ enabled: z.literal(true) }),
        metric_declarations: z.array(
          z.object({ dimensions: z.array(z.array(z.string())), metric_name_selectors: z.array(z.string()) }),
        ),
      }),
    })
    .parse(collectorSchema.parse(parse(read("collector.yml"))).exporters);
  const { ended, claims, retries, deadLetters } = workerMetrics();
  const { seconds, errors, tokens } = providerMetrics();
  const labels = { provider: "openai", model: "gpt-4o" };
  ended.inc({ status: "completed" });
  claims.inc({ outcome: "claimed" });
  retries.inc({ kind: "timeout" });
  deadLetters.inc({ reason: "unreadable" });
  seconds.observe(labels, 0.4);
  errors.inc({ ...labels, kind: "auth" });
  tokens.tally({ ...labels, direction: "input" }).add(7);
  pricingMetrics().usageDefects.inc({ model: "gpt-4o", defect: "missing" });

  const families = await metricsRegistry().getMetricsAsJSON();
  const lines = new EmbeddedMetrics(functionOf("euw1")).linesOf(families, new Date()).map((line) => {
    const [one] = embedded.parse(JSON.parse(line))._aws.CloudWatchMetrics;
    expect(one.Namespace).toBe(awsemf.namespace);
    return { name: one.Metrics[0].Name, sets: one.Dimensions };
  });
  // A region may have the functions of two cells; a collector belongs to one.
  const withoutCell = (set: string[]) => set.filter((label) => label !== "cell");
  for (const { name, sets } of lines) {
    const { labelNames } = z
      .object({ labelNames: z.array(z.string()) })
      .parse(metricsRegistry().getSingleMetric(name));
    const known = new Set([...labelNames, "service.name"]);
    const declared = awsemf.metric_declarations
      .filter(({ metric_name_selectors: selectors }) => selectors.some((one) => new RegExp(one).test(name)))
      .flatMap(({ dimensions }) => dimensions)
      .filter((set) => set.every((label) => known.has(label)));
    expect(sets.map(withoutCell).sort(), name).toEqual(declared.sort());
    for (const set of sets) expect(set, name).toContain("cell");
  }
  // Nothing that the collector's second declaration takes is left out, but for gauges.
  const counters = families.filter(
    ({ name, type }) => EMBEDDED.metrics.test(name) && String(type) !== "gauge",
  );
  expect([...new Set(lines.map(({ name }) => name))].sort()).toEqual(counters.map(({ name }) => name).sort());
  expect(counters.length).toBeGreaterThan(7);
});

it("log lines are deleted after 90 days, by the policy that their template names", () => {
  const phase = z.object({ min_age: z.string() });
  const { policy } = z
    .object({ policy: z.object({ phases: z.record(z.string(), phase) }) })
    .parse(JSON.parse(read("elastic/ilm-policy.json")));
  const days = Object.values(policy.phases).map(({ min_age }) => Number.parseInt(min_age, 10));
  expect(policy.phases.delete?.min_age).toBe("90d");
  expect(days).toEqual([...days].sort((a, b) => a - b));
  const template = z
    .object({ template: z.object({ settings: z.record(z.string(), z.unknown()) }) })
    .parse(JSON.parse(read("elastic/index-template.json")));
  const name = template.template.settings["index.lifecycle.name"];
  expect(read("elastic/filebeat.yml")).toContain(`_ilm/policy/${name}`);
});
