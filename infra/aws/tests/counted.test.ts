import { expect, it } from "vitest";
import { z } from "zod";
import { pricingMetrics } from "../../../src/core/models";
import { metricsRegistry } from "../../../src/core/platform/observability/metrics";
import { EmbeddedMetrics } from "../../../src/core/platform/observability/metrics-export/embedded-metrics";
import { providerIds } from "../../../src/shared/providers";
import { functionOf, providerMetrics, workerMetrics } from "../../../src/worker/metrics";
import { OWN_NAMESPACE, providerIds as providersCounted } from "../parts/alarms/counted";
import { latencyName } from "../parts/alarms/metrics-of";
import { placementsOf } from "../spec/cells";
import { only, resourcesOf, synthesized } from "./support/synthesized";

/** A function's log after it has done of everything something. */
async function linesOf(cell: string): Promise<Record<string, unknown>[]> {
  const { seconds, errors, tokens } = providerMetrics();
  for (const provider of providerIds) {
    const labels = { provider, model: "a-model" };
    seconds.observe(labels, 1);
    errors.inc({ ...labels, kind: "auth" });
    for (const direction of ["input", "output"]) tokens.inc({ ...labels, direction });
  }
  for (const status of ["completed", "failed"]) workerMetrics().ended.inc({ status });
  pricingMetrics().usageDefects.inc({ model: "a-model", defect: "missing" });
  const families = await metricsRegistry().getMetricsAsJSON();
  return new EmbeddedMetrics(functionOf(cell)).linesOf(families, new Date()).map((line) => JSON.parse(line));
}

interface Asked {
  name: string;
  labels: Record<string, string>;
}
const metric = z.object({
  Namespace: z.string(),
  MetricName: z.string(),
  Dimensions: z.array(z.object({ Name: z.string(), Value: z.unknown() })).default([]),
});
const alarm = z.object({
  Metrics: z.array(z.object({ MetricStat: z.object({ Metric: metric }).optional() })).default([]),
});
const joined = z.object({ "Fn::Join": z.tuple([z.literal(""), z.array(z.unknown())]) });
const board = z.object({
  widgets: z.array(z.object({ properties: z.object({ metrics: z.array(z.array(z.unknown())) }) })),
});

/** What the alarms and the dashboard of a cell ask of the product's own namespace, but for the API's latency. */
function askedOf(stack: RegExp): Asked[] {
  const production = synthesized("production");
  const ofAlarms = resourcesOf(production, "AWS::CloudWatch::Alarm", stack)
    .flatMap(({ Properties }) => [
      ...alarm.parse(Properties).Metrics.flatMap(({ MetricStat }) => MetricStat?.Metric ?? []),
      ...(metric.safeParse(Properties).data === undefined ? [] : [metric.parse(Properties)]),
    ])
    .filter(({ Namespace }) => Namespace === OWN_NAMESPACE)
    .map(({ MetricName, Dimensions }) => ({
      name: MetricName,
      labels: Object.fromEntries(Dimensions.map(({ Name, Value }) => [Name, String(Value)])),
    }));
  // What other stacks export stands between the texts.
  const body = joined
    .parse(only(production, "AWS::CloudWatch::Dashboard", stack)["DashboardBody"])
    ["Fn::Join"][1].map((part) => (typeof part === "string" ? part : "exported"))
    .join("");
  const ofBoard = board
    .parse(JSON.parse(body))
    .widgets.flatMap(({ properties }) => properties.metrics)
    .filter(([namespace]) => namespace === OWN_NAMESPACE)
    .map(([, name, ...rest]) => {
      const words = rest.filter((word) => typeof word === "string");
      const pairs = words.flatMap((word, index) => (index % 2 === 0 ? [[word, words[index + 1] ?? ""]] : []));
      return { name: String(name), labels: Object.fromEntries(pairs) };
    });
  return [...ofAlarms, ...ofBoard];
}

it("the providers whose figures are asked for are the product's", () => {
  expect(providersCounted).toEqual(providerIds);
});

it("every figure that an alarm or the dashboard asks of functions is in the lines that they write, by its name and labels", async () => {
  for (const placement of placementsOf(synthesized("production").config.profile.cells)) {
    const { cell, role, region } = placement;
    const asked = askedOf(new RegExp(`${region.name}-${cell.code}-${role}-operations$`)).filter(
      ({ name }) => name !== latencyName(placement),
    );
    const lines = await linesOf(cell.code);
    expect(asked.length).toBeGreaterThan(2 * providerIds.length + 6);
    for (const { name, labels } of asked) {
      const found = lines.some((line) => {
        const { Dimensions } = z
          .object({ CloudWatchMetrics: z.tuple([z.object({ Dimensions: z.array(z.array(z.string())) })]) })
          .parse(line["_aws"]).CloudWatchMetrics[0];
        const names = Object.keys(labels).sort().join();
        return (
          name in line &&
          Dimensions.some((set) => [...set].sort().join() === names) &&
          Object.entries(labels).every(([label, value]) => line[label] === value)
        );
      });
      expect(found, `${name} ${JSON.stringify(labels)}`).toBe(true);
    }
  }
});
