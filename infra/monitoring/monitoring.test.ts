import { readFileSync } from "node:fs";
import { metrics } from "@agathaai/core/platform/metrics";
import { describe, expect, it } from "vitest";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const alerts = read("alerts.yml");
const dashboard = read("grafana-dashboard.json");
const runbooks = read("../../docs/RUNBOOKS.md");

/** Prometheus adds these to what a process exports. */
const ADDED_LABELS = ["job", "instance", "le"];

async function exported(): Promise<Map<string, { type: string; labels: readonly string[] }>> {
  const { registry } = metrics();
  const known = await registry.getMetricsAsJSON();
  return new Map(
    known.map(({ name, type }) => {
      const metric = registry.getSingleMetric(name);
      const labels = metric && "labelNames" in metric ? (metric.labelNames as string[]) : [];
      return [name, { type: String(type), labels }];
    }),
  );
}

describe.each([
  ["alerts.yml", alerts],
  ["grafana-dashboard.json", dashboard],
])("%s", (_, text) => {
  const plain = text.replaceAll('\\"', '"');

  it("names no metric that the product does not export", async () => {
    const known = await exported();
    const histogram = (name: string) => known.get(name)?.type === "histogram";
    const names = new Set(plain.match(/\b(agatha|process|nodejs)_[a-z0-9_]+/g));
    expect(names.size).toBeGreaterThan(10);
    for (const name of names) {
      const part = name.replace(/_(bucket|count|sum)$/, "");
      expect(known.has(name) || (part !== name && histogram(part)), name).toBe(true);
    }
  });

  it("names no label that its metric does not have", async () => {
    const known = await exported();
    for (const [, name = "", selector = ""] of plain.matchAll(/\b(agatha_[a-z_]+)\{([^}]*)\}/g)) {
      const metric = known.get(name) ?? known.get(name.replace(/_(bucket|count|sum)$/, ""));
      for (const [, label] of selector.matchAll(/(\w+)(?:=~|!~|!=|=)"/g)) {
        expect([...(metric?.labels ?? []), ...ADDED_LABELS], name).toContain(label);
      }
    }
  });
});

it("is valid JSON whose panels all ask something", () => {
  const { panels } = JSON.parse(dashboard) as { panels: { type: string; targets?: { expr: string }[] }[] };
  for (const panel of panels.filter(({ type }) => type !== "row")) {
    expect(panel.targets?.every(({ expr }) => expr.length > 0)).toBe(true);
  }
});

it("every alert has a section in the runbooks, and every section about an alert has its alert", () => {
  const names = [...alerts.matchAll(/- alert: (\w+)/g)].map(([, name]) => name);
  const anchors = [...alerts.matchAll(/runbook: docs\/RUNBOOKS\.md#([\w-]+)/g)].map(([, anchor]) => anchor);
  const sections = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^\w]+/g, "-"),
  );
  expect(anchors).toHaveLength(names.length);
  for (const anchor of anchors) expect(sections).toContain(anchor);
  for (const name of names) expect(runbooks).toContain(`\`${name}\``);
});

it.each([
  ["ErrorRateCritical", "> 0.01'", "critical"],
  ["ErrorRateWarning", "> 0.005'", "warning"],
  ["LatencyCritical", "> 0.5'", "critical"],
  ["LatencyWarning", "> 0.2'", "warning"],
  ["CpuCritical", "> 0.9'", "critical"],
  ["CpuWarning", "> 0.8'", "warning"],
])("%s speaks at the promised threshold", (name, threshold, severity) => {
  const rule = alerts.split("- alert: ").find((text) => text.startsWith(`${name}\n`));
  expect(rule).toContain(threshold);
  expect(rule).toContain(`severity: ${severity}`);
});
