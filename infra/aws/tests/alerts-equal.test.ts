import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { EMBEDDED } from "../../../src/core/platform/observability/metrics-export/embedded-metrics";
import { alarmed, metricsKept, TOLD_BY_AWS, workspaceRules } from "../metrics/rules";
import { alarmsOf } from "../parts/alarms/alarms";
import { alertRules, sameAs } from "../parts/alarms/alert-rules";
import { spec } from "../spec/spec";
import { resourcesOf, synthesized } from "./support/synthesized";

const isBudget = (name: string) => /^BudgetBurn/.test(name);

const ruleFile = z.object({
  groups: z.array(z.object({ rules: z.array(z.object({ alert: z.string().optional() })) })),
});
const { config } = synthesized("production");
const rows = alarmsOf(config);
const names = alertRules.map(({ alert = "" }) => alert);

it.each(["critical", "warning"] as const)(
  "what both watch is %s from the specification's numbers on",
  (level) => {
    const of = (name: string) => rows.find((row) => row.name === `${name}-${level}`);
    const { errorRate, latencyMs, cpuPercent } = spec.alerts[level];
    const minutes = { critical: 5, warning: 10 }[level];
    expect(of("errors")).toMatchObject({ severity: level, threshold: errorRate, minutes });
    expect(of("latency")).toMatchObject({ severity: level, threshold: latencyMs, minutes });
    for (const service of ["api", "worker", "database", "cache"])
      expect(of(`cpu-${service}`), service).toMatchObject({
        severity: level,
        threshold: cpuPercent,
        minutes,
      });
  },
);

it("queue and connections are told of from the specification's numbers on", () => {
  const threshold = (name: string) => rows.find((row) => row.name === name)?.threshold;
  expect(threshold("queue")).toBe(spec.capacity.queueDepth);
  expect(threshold("connections")).toBe(
    (spec.capacity.connectionsPercent / 100) * config.profile.database.maxConnections,
  );
});

/** The alerts in a file of rules, as text. */
const alertsIn = (data: string) =>
  ruleFile.parse(parse(data)).groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? []));
const byRule = new Set(workspaceRules().flatMap(({ data }) => alertsIn(data)));

it("every alert of Prometheus is told on AWS, and once: by its alarm, by the workspace's own rule, or by AWS's events", () => {
  for (const name of names) {
    const ways = [alarmed.has(name), byRule.has(name), name in TOLD_BY_AWS];
    expect(ways.filter(Boolean), name).toHaveLength(1);
  }
  expect([...byRule]).toContain("BudgetBurnFast");
  expect(Object.keys(TOLD_BY_AWS).filter((name) => !names.includes(name))).toEqual([]);
});

/** Of an expression. */
const figuresIn = (expr: string) =>
  (expr.match(/agatha_[a-z0-9_]+/g) ?? []).map((name) => name.replace(/_(bucket|count|sum)$/, ""));

it("a rule on what functions count has an alarm for them besides, with the rule's own numbers: the workspace sees tasks alone", () => {
  const besides = rows.filter((row) => row.besides !== undefined);
  const counted = alertRules.filter(({ expr }) =>
    figuresIn(expr).some((name) => EMBEDDED.metrics.test(name)),
  );
  expect(besides.map((row) => row.besides).sort()).toEqual(counted.map(({ alert }) => alert).sort());
  for (const { besides: rule = "", severity, threshold, minutes, source } of besides) {
    expect([...byRule], rule).toContain(rule);
    expect({ severity, threshold, minutes }, rule).toEqual(sameAs(rule));
    expect(source.of).toBe("counted");
  }
  // Where there are no functions, nothing counts for them.
  expect(alarmsOf(synthesized("small").config).filter((row) => row.besides !== undefined)).toEqual([]);
});

it("the table of infra/aws/README.md says by what each alert is told on AWS", () => {
  const readme = readFileSync(new URL("../README.md", import.meta.url), "utf8");
  const listed = (way: string) =>
    (new RegExp(`^\\| ${way} \\| (.+?) \\|`, "m").exec(readme)?.[1] ?? "").match(/\w+/g)?.sort();
  expect(listed("CloudWatch's alarm")).toEqual([...alarmed].sort());
  expect(listed("the workspace's rule")).toEqual([...byRule].sort());
  expect(listed("AWS's events")).toEqual(Object.keys(TOLD_BY_AWS).sort());
  const [, besides = ""] = /^Of the functions.*: ([\w, ]+)\.$/m.exec(readme) ?? [];
  expect(besides.match(/\w+/g)?.sort()).toEqual(rows.flatMap((row) => row.besides ?? []).sort());
});

/** Promises with a time that a job keeps (ADR 106), and the metric that each rests on. */
const OF_JOBS = {
  JobLate: "agatha_job_late_seconds",
  JobsStopped: "agatha_jobs_idle_seconds",
  ErasuresSlow: "agatha_erasures_oldest_age_seconds",
  ErasuresOverdue: "agatha_erasures_oldest_age_seconds",
  RedactionsLate: "agatha_redactions_oldest_age_seconds",
  WebhooksLate: "agatha_webhooks_oldest_due_seconds",
  WebhooksStopped: "agatha_webhooks_oldest_due_seconds",
  ExportStuck: "agatha_exports_oldest_age_seconds",
  DataKeysOverdue: "agatha_data_keys_overdue",
};

it("every workspace has the rules of late jobs, erasures, redactions, webhooks, exports and data keys, and their metrics are kept", () => {
  const files = resourcesOf(synthesized("production"), "AWS::APS::RuleGroupsNamespace");
  const stacks = new Set(files.map(({ stack }) => stack));
  expect(stacks.size).toBe(6);
  for (const one of stacks) {
    const uploaded = files
      .filter(({ stack }) => stack === one)
      .flatMap(({ Properties }) => alertsIn(String(Properties["Data"])));
    expect(uploaded.sort(), one).toEqual([...byRule].sort());
    expect(uploaded, one).toEqual(expect.arrayContaining(Object.keys(OF_JOBS)));
  }
  for (const [alert, metric] of Object.entries(OF_JOBS)) {
    expect(alertRules.find((rule) => rule.alert === alert)?.expr, alert).toContain(metric);
    expect(metricsKept(), alert).toContain(metric);
  }
});

it.each(["production", "small", "staging"] as const)(
  "%s has an alarm for each rule that its workspace leaves out",
  (name) => {
    const own = new Set(alarmsOf(synthesized(name).config).flatMap(({ rule }) => rule ?? []));
    expect([...alarmed].sort()).toEqual([...own].sort());
  },
);

it("an alarm cannot name a rule that is not there, or that compares with no single number", () => {
  expect(() => sameAs("NoSuchAlert")).toThrow("NoSuchAlert");
  expect(() => sameAs(names.find(isBudget) ?? "")).toThrow("no single number");
});
