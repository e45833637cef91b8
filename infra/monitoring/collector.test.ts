import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
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
