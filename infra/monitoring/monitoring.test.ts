import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { limiterMetrics } from "@agathaai/core/limits";
import { pricingMetrics } from "@agathaai/core/models";
import { emailMetrics } from "@agathaai/core/platform/mail/send-email";
import { metricsRegistry } from "@agathaai/core/platform/observability/metrics";
import { scrapeGauges } from "@agathaai/core/platform/observability/metrics-export/render-metrics";
import { gaugeSources } from "@agathaai/core/upkeep";
import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { httpMetrics } from "../../src/server/http/http-metrics";
import { providerMetrics, workerMetrics } from "../../src/worker/metrics";
import { monitoringFile, RULE_FILES, readAlerts } from "./read-alerts";

const read = (path: string) => readFileSync(new URL(path, import.meta.url), "utf8");
const alerts = RULE_FILES.map(read).join("\n");
const dashboard = read("grafana-dashboard.json");
const runbooks = read("../../docs/RUNBOOKS.md");

/** Prometheus adds these to what a process exports. */
const ADDED_LABELS = ["job", "instance", "le"];

async function exported(): Promise<Map<string, { type: string; labels: readonly string[] }>> {
  const registry = metricsRegistry();
  for (const make of [
    emailMetrics,
    scrapeGauges,
    limiterMetrics,
    httpMetrics,
    workerMetrics,
    providerMetrics,
    pricingMetrics,
  ])
    make();
  for (const source of gaugeSources) source.gauges();
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
  ["the rules", alerts],
  ["grafana-dashboard.json", dashboard],
])("%s", (_, text) => {
  const plain = text.replaceAll('\\"', '"');

  it("uses only metrics that the product exports", async () => {
    const known = await exported();
    const histogram = (name: string) => known.get(name)?.type === "histogram";
    const names = new Set(plain.match(/\b(agatha|process|nodejs)_[a-z0-9_]+/g));
    expect(names.size).toBeGreaterThan(10);
    for (const name of names) {
      const part = name.replace(/_(bucket|count|sum)$/, "");
      expect(known.has(name) || (part !== name && histogram(part)), name).toBe(true);
    }
  });

  it("uses only labels that its metric has", async () => {
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

const rules = readAlerts;

it("alert rules are files that Prometheus loads, with no name twice", () => {
  const names = rules().map(({ alert }) => alert);
  expect(names.length).toBeGreaterThan(20);
  expect(new Set(names).size).toBe(names.length);
});

it("Prometheus is pointed at the rules, the server and the worker", () => {
  const config = z
    .object({
      rule_files: z.array(z.string()),
      scrape_configs: z.array(z.object({ job_name: z.string(), metrics_path: z.string().optional() })),
    })
    .parse(parse(read("prometheus.yml")));
  expect(config.rule_files).toEqual([...RULE_FILES]);
  expect(config.scrape_configs.map(({ job_name }) => job_name)).toEqual([
    "agathaai-server",
    "agathaai-worker",
  ]);
});

const promtool = spawnSync("promtool", ["--version"]).status === 0;

it.skipIf(!promtool)("promtool, where it is installed, accepts every expression", () => {
  const files = RULE_FILES.map(monitoringFile);
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", ...files], {
    encoding: "utf8",
  });
  expect(status, `${stdout}${stderr}`).toBe(0);
});

it.skipIf(!promtool)("promtool, where it is installed, accepts every expression of the dashboard", () => {
  const expressions = [...dashboard.matchAll(/"expr": ("(?:[^"\\]|\\.)*")/g)].map(([, text = ""]) =>
    String(JSON.parse(text)),
  );
  expect(expressions.length).toBeGreaterThan(20);
  const rules = expressions.map((expr, index) => ({
    record: `panel:${index}`,
    expr: expr
      .replaceAll("$__rate_interval", "5m")
      .replaceAll("$__range", "1d")
      .replaceAll("$__interval", "1m"),
  }));
  const folder = mkdtempSync(join(tmpdir(), "dashboard-"));
  const file = join(folder, "panels.yml");
  writeFileSync(file, stringify({ groups: [{ name: "panels", rules }] }));
  const { status, stdout, stderr } = spawnSync("promtool", ["check", "rules", file], { encoding: "utf8" });
  rmSync(folder, { recursive: true });
  expect(status, `${stdout}${stderr}`).toBe(0);
});

it("every alert has a section in the runbooks, and every section about an alert has its alert", () => {
  const sections = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(/[^\w]+/g, "-"),
  );
  for (const { alert, annotations } of rules()) {
    expect(sections, alert).toContain(annotations.runbook.split("#")[1]);
    expect(runbooks).toContain(`\`${alert}\``);
  }
  const names = rules().map(({ alert }) => alert);
  const leads = [...runbooks.matchAll(/^`[A-Z]\w+`.*$/gm)].map(([line]) => line);
  expect(leads.length).toBeGreaterThan(10);
  for (const [, name] of leads.join(" ").matchAll(/`([A-Z][A-Za-z]+)`/g)) expect(names).toContain(name);
});

it.each([
  ["ErrorRateCritical", "> 0.01", "critical"],
  ["ErrorRateWarning", "> 0.005", "warning"],
  ["LatencyCritical", "> 0.5", "critical"],
  ["LatencyWarning", "> 0.2", "warning"],
  ["CpuCritical", "> 0.9", "critical"],
  ["CpuWarning", "> 0.8", "warning"],
])("%s speaks at the promised threshold", (name, threshold, severity) => {
  const rule = rules().find(({ alert }) => alert === name);
  expect(rule?.expr.endsWith(` ${threshold}`)).toBe(true);
  expect(rule?.labels.severity).toBe(severity);
});
