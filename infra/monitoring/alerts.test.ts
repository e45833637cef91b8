import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { CASES, SAMPLES, type Sample } from "./alert-samples";
import {
  type Alert,
  monitoringFile,
  RULE_FILES,
  readAlerts,
  type Threshold,
  thresholdOf,
} from "./read-alerts";

/** Debian and Ubuntu: apt-get install prometheus. Elsewhere these are skipped, and say so. */
const promtool = spawnSync("promtool", ["--version"]).status === 0;

const folder = mkdtempSync(join(tmpdir(), "alerts-"));
afterAll(() => rmSync(folder, { recursive: true }));

const MINUTES: Record<string, number> = { s: 1 / 60, m: 1, h: 60, d: 1440 };
const minutesOf = (duration: string) =>
  Number(duration.slice(0, -1)) * (MINUTES[duration.slice(-1)] ?? Number.NaN);

interface Check {
  alert: Alert;
  name: string;
  series: Record<string, string>;
  atMinute: number;
  step?: number | undefined;
  labels?: Record<string, string> | undefined;
  fires: boolean;
}

/** One test of promtool. Only whether the alert fires, and its labels, are compared: summaries carry measured values. */
function testOf({ alert, name, series, atMinute, step, labels, fires }: Check) {
  return {
    name,
    interval: `${step ?? 1}m`,
    input_series: Object.entries(series).map(([key, values]) => ({ series: key, values })),
    promql_expr_test: [
      {
        expr: `count(ALERTS{alertname="${alert.alert}",alertstate="firing"${Object.entries(labels ?? {})
          .map(([key, value]) => `,${key}="${value}"`)
          .join("")}}) or vector(0)`,
        eval_time: `${Math.round(atMinute * 60)}s`,
        exp_samples: [{ labels: "{}", value: fires ? 1 : 0 }],
      },
    ],
  };
}

function failuresOf(checks: Check[]): string {
  const file = join(folder, `${checks[0]?.alert.alert}.yml`);
  const body = {
    rule_files: RULE_FILES.map(monitoringFile),
    evaluation_interval: `${checks[0]?.step ?? 1}m`,
    tests: checks.map(testOf),
  };
  writeFileSync(file, stringify(body));
  const { status, stdout, stderr } = spawnSync("promtool", ["test", "rules", file], { encoding: "utf8" });
  return status === 0 ? "" : `${stdout}${stderr}`;
}

const alerts = readAlerts();
const byName = new Map(alerts.map((alert) => [alert.alert, alert]));

/** The nearest values on both sides of a limit, and the limit itself: a billionth inside where fractions are computed with. */
function valuesAround({ operator, limit }: Threshold, { whole, window }: Sample) {
  const step = whole ? 1 : limit / 100;
  const up = operator !== "<";
  return {
    silent:
      operator === "=="
        ? [limit + 1]
        : [whole && !window ? limit : limit * (1 - 1e-9), up ? limit - step : limit + step],
    fires: operator === "==" ? limit : up ? limit + step : limit - step,
  };
}

it("every alert is tried: by a threshold, or by cases", () => {
  const tried = new Set([...Object.keys(SAMPLES), ...CASES.map(({ alert }) => alert)]);
  expect([...tried].sort()).toEqual(alerts.map(({ alert }) => alert).sort());
  for (const alert of alerts) {
    if (alert.alert in SAMPLES) expect(thresholdOf(alert), alert.alert).toBeDefined();
  }
});

describe.skipIf(!promtool)("Prometheus fires", () => {
  it.each(Object.entries(SAMPLES))(
    "%s above its threshold once its time is over, and neither at nor below it, nor earlier",
    (name, sample) => {
      const { series, labels, window = 0 } = sample;
      const alert = byName.get(name);
      const threshold = alert && thresholdOf(alert);
      if (!threshold) throw new Error(`${name} has no threshold`);
      const wait = minutesOf(alert.for);
      const end = window + wait + 1;
      const { silent, fires } = valuesAround(threshold, sample);
      const checks: Check[] = [
        ...silent
          .filter((value) => value >= 0)
          .map((value) => ({ alert, name: `${value}`, series: series(value), atMinute: end, fires: false })),
        { alert, name: "above", series: series(fires), atMinute: end, labels, fires: true },
      ];
      if (wait > 0) {
        checks.push({ alert, name: "early", series: series(fires), atMinute: wait - 1, fires: false });
      }
      expect(failuresOf(checks)).toBe("");
    },
  );

  it.each(CASES)("$alert or not: $when", ({ alert: name, series, atMinute, step, labels, fires, when }) => {
    const alert = byName.get(name);
    if (!alert) throw new Error(`there is no ${name}`);
    expect(failuresOf([{ alert, name: when, series, atMinute, step, labels, fires }])).toBe("");
  });
});

describe.skipIf(spawnSync("amtool", ["--version"]).status !== 0)("Alertmanager", () => {
  const amtool = (...args: string[]) => {
    const { status, stdout, stderr } = spawnSync("amtool", args, { encoding: "utf8" });
    expect(status, `${stdout}${stderr}`).toBe(0);
    return stdout.trim();
  };
  const config = `--config.file=${monitoringFile("alertmanager.yml")}`;

  it("accepts its configuration", () => {
    expect(amtool("check-config", monitoringFile("alertmanager.yml"))).toContain("SUCCESS");
  });

  it.each([
    ["P0", "pager,security-channel"],
    ["P1", "pager,operations-channel"],
    ["P2", "operations-channel,email"],
    ["P3", "operations-channel"],
    ["", "operations-channel"],
  ])("tells of priority %j: %s", (priority, receivers) => {
    expect(amtool("config", "routes", "test", config, `priority=${priority}`)).toBe(receivers);
  });

  it("tells somebody of every alert, and wakes somebody for every critical one", () => {
    for (const { alert, labels } of alerts) {
      const told = amtool(
        "config",
        "routes",
        "test",
        config,
        `alertname=${alert}`,
        `priority=${labels.priority}`,
      );
      expect(told.split(",").includes("pager"), alert).toBe(labels.severity === "critical");
    }
  });
});
