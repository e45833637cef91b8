import { readFileSync } from "node:fs";
import { expect, it } from "vitest";
import { alarmsOf, ESCALATE_AFTER_MINUTES, ESCALATION } from "../../parts/alarms/alarms";
import { alertRules } from "../../parts/alarms/alert-rules";
import { spec } from "../../spec/spec";
import { LATENCY_FILTER } from "../../stacks/cell/operations";
import { only, resourcesOf, synthesized } from "../support/synthesized";

const production = synthesized("production");
const operations = /us-east-1-use1-home-operations$/;
const alarms = resourcesOf(production, "AWS::CloudWatch::Alarm", operations).map(
  ({ Properties }) => Properties,
);
const alarm = (name: string) => alarms.find(({ AlarmName }) => String(AlarmName).endsWith(`-home-${name}`));

it.each([
  ["errors", 0.01, 0.005],
  ["latency", 500, 200],
  ["cpu-api", 90, 80],
  ["cpu-worker", 90, 80],
  ["cpu-database", 90, 80],
  ["cpu-cache", 90, 80],
])("%s is critical above %d and a warning above %d", (name, critical, warning) => {
  for (const [severity, threshold] of [
    ["critical", critical],
    ["warning", warning],
  ] as const) {
    const found = alarm(`${name}-${severity}`);
    expect(found).toMatchObject({ Threshold: threshold, ComparisonOperator: "GreaterThanThreshold" });
    expect(found?.["AlarmActions"]).toEqual([
      `arn:aws:sns:us-east-1:123456789012:agathaai-production-${severity}`,
    ]);
    expect(found?.["OKActions"]).toEqual(found?.["AlarmActions"]);
  }
});

it("1,000 that wait, 80 % of connections, 80 % of storage and a copy 300 seconds behind are told", () => {
  expect(alarm("queue")).toMatchObject({ Threshold: 1_000, EvaluationPeriods: 2 });
  expect(alarm("connections")).toMatchObject({ Threshold: 4_000, MetricName: "DatabaseConnections" });
  expect(alarm("storage")?.["Threshold"]).toBeCloseTo(0.2 * 1_024 * 1_024 ** 3);
  expect(alarm("storage")?.["ComparisonOperator"]).toBe("LessThanThreshold");
  expect(alarm("lag")).toMatchObject({
    Threshold: 300,
    MetricName: "ReplicaLag",
    TreatMissingData: "breaching",
  });
});

it("a function that throws a batch away, has no room for one, or nears its time-out is told: nothing else reads functions", () => {
  for (const kind of ["standard", "enterprise"]) {
    const where = { Namespace: "AWS/Lambda", TreatMissingData: "notBreaching" };
    const name = `agathaai-production-use1-home-${kind}`;
    const of = [{ Name: "FunctionName", Value: name }];
    expect(alarm(`function-${kind}`)).toMatchObject({
      ...where,
      Dimensions: of,
      MetricName: "Errors",
      Statistic: "Sum",
      Threshold: 0,
    });
    expect(alarm(`function-${kind}-throttled`)).toMatchObject({
      ...where,
      Dimensions: of,
      MetricName: "Throttles",
      Statistic: "Sum",
      Threshold: 0,
      EvaluationPeriods: 5,
    });
    expect(alarm(`function-${kind}-slow`)).toMatchObject({
      ...where,
      Dimensions: of,
      MetricName: "Duration",
      Statistic: "Maximum",
      Threshold: 270_000,
    });
  }
});

it("at the standby the copy itself is watched", () => {
  const standby = resourcesOf(production, "AWS::CloudWatch::Alarm", /use1-standby-operations$/);
  const lag = standby.find(({ Properties }) => String(Properties["AlarmName"]).endsWith("-lag"));
  expect(lag?.Properties["Dimensions"]).toEqual([
    { Name: "DBInstanceIdentifier", Value: "agathaai-production-use1-standby-db" },
  ]);
});

it("an alarm says where its runbook is, and every alarm has its line in the dashboard", () => {
  const dashboard = JSON.stringify(only(production, "AWS::CloudWatch::Dashboard", operations));
  const rows = alarmsOf(production.config);
  expect(alarms).toHaveLength(rows.length);
  for (const { because } of rows) expect(dashboard).toContain(because);
  const runbooks = readFileSync(new URL("../../../../docs/RUNBOOKS.md", import.meta.url), "utf8");
  const anchors = [...runbooks.matchAll(/^## (.+)$/gm)].map(([, title = ""]) =>
    title.toLowerCase().replaceAll(" ", "-"),
  );
  for (const { AlarmDescription } of alarms)
    expect(anchors).toContain(/docs\/RUNBOOKS\.md#([a-z-]+)$/.exec(String(AlarmDescription))?.[1]);
});

it("the API's latency is counted from the calls that Prometheus counts: of /api and /v1, without models and without who waits", () => {
  expect(only(production, "AWS::Logs::MetricFilter", operations)).toMatchObject({
    LogGroupName: "/agathaai-production-use1-home/api",
    FilterPattern: LATENCY_FILTER,
  });
  const { expr = "" } = alertRules.find(({ alert }) => alert === "LatencyCritical") ?? {};
  const [, selected = ""] = /\{(.*)\}\[/.exec(expr) ?? [];
  expect(selected).toBe('route=~"/api/.*|/v1/.*",route!="/v1/chat/completions",wait="no"');
  const counted = (line: { route: string; wait?: true }) =>
    matches(LATENCY_FILTER, { msg: "request", ms: 12, ...line });
  expect(counted({ route: "/api/v1/requests/{id}" })).toBe(true);
  expect(counted({ route: "/v1/models" })).toBe(true);
  expect(counted({ route: "/api/v1/inference", wait: true })).toBe(false);
  expect(counted({ route: "/v1/responses", wait: true })).toBe(false);
  expect(counted({ route: "/v1/chat/completions" })).toBe(false);
  expect(counted({ route: "/oauth/token" })).toBe(false);
});

/** As CloudWatch reads a pattern of this form ("Filter pattern syntax for JSON log events"). */
function matches(pattern: string, line: Record<string, unknown>): boolean {
  const value = (test: string): boolean => {
    const [, name = "", operator, given = ""] = /^\$\.(\w+) (=|!=|>=|NOT EXISTS) ?(.*)$/.exec(test) ?? [];
    const found = line[name];
    if (operator === "NOT EXISTS") return found === undefined;
    if (operator === ">=") return Number(found) >= Number(given);
    const like = new RegExp(`^${given.slice(1, -1).replaceAll("*", ".*")}$`).test(String(found));
    return operator === "=" ? like : !like;
  };
  const plain = pattern.replace(/\(\$[^()]*\)/g, (test) => String(value(test.slice(1, -1))));
  expect(plain.replace(/true|false|&&|\|\||[{}() ]/g, "")).toBe("");
  // Only conjunctions, of which one part is a disjunction.
  return plain
    .replace(/[{}]/g, "")
    .split("&&")
    .every((part) => part.includes("true"));
}

it("critical wakes by the pager, from primary up to the vice president; everybody is told once", () => {
  expect(ESCALATION.critical.map(({ whom }) => whom)).toEqual(["pager", "primary", "secondary", "manager"]);
  expect(ESCALATE_AFTER_MINUTES).toHaveLength(
    ["primary", "secondary", "manager", "director", "vice president"].length,
  );
  expect([...ESCALATE_AFTER_MINUTES]).toEqual([...ESCALATE_AFTER_MINUTES].sort((a, b) => a - b));
  const subscriptions = resourcesOf(production, "AWS::SNS::Subscription", /us-east-1-on-call$/);
  expect(subscriptions).toHaveLength(6);
  const keys = subscriptions.map(({ Properties }) =>
    JSON.stringify([Properties["TopicArn"], Properties["Endpoint"]]),
  );
  expect(new Set(keys).size).toBe(keys.length);
});

it("the pages for whoever is on call say the minutes that the pager has", () => {
  const [, ...minutes] = ESCALATE_AFTER_MINUTES;
  for (const [page, says] of [
    ["DEPLOYMENT_GUIDE.md", /\*\*On call\.\*\*[^\n]*calls primary at once, ([^(]+)\(/],
    ["INCIDENT_RESPONSE.md", /The pager calls primary on call at once, ([^\n]+?)\./],
  ] as const) {
    const text = readFileSync(new URL(`../../../../docs/${page}`, import.meta.url), "utf8");
    const [, said = ""] = says.exec(text) ?? [];
    expect([...said.matchAll(/\d+/g)].map(Number), page).toEqual(minutes);
    expect(text).not.toMatch(/escalates after/);
  }
});

it("deployments and scaling are told as information", () => {
  expect(JSON.stringify(only(production, "AWS::Events::Rule", operations))).toContain(
    "agathaai-production-info",
  );
});

it("thresholds are the specification's own, at both levels", () => {
  expect(spec.alerts).toEqual({
    critical: { errorRate: 0.01, latencyMs: 500, cpuPercent: 90 },
    warning: { errorRate: 0.005, latencyMs: 200, cpuPercent: 80 },
  });
});
