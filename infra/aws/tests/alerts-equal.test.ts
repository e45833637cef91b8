import { expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { alarmed, TOLD_BY_AWS, workspaceRules } from "../metrics/rules";
import { alarmsOf } from "../parts/alarms";
import { alertRules, sameAs } from "../parts/alert-rules";
import { spec } from "../spec/spec";
import { synthesized } from "./synthesized";

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

it("every alert of Prometheus is told on AWS, and once: by its alarm, by the workspace's own rule, or by AWS's events", () => {
  const byRule = new Set(
    workspaceRules().flatMap(({ data }) =>
      ruleFile.parse(parse(data)).groups.flatMap(({ rules }) => rules.flatMap(({ alert }) => alert ?? [])),
    ),
  );
  for (const name of names) {
    const ways = [alarmed.has(name), byRule.has(name), name in TOLD_BY_AWS];
    expect(ways.filter(Boolean), name).toHaveLength(1);
  }
  expect([...byRule]).toContain("BudgetBurnFast");
  expect(Object.keys(TOLD_BY_AWS).filter((name) => !names.includes(name))).toEqual([]);
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
