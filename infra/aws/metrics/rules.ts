import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { type AlarmRow, alarmsOf } from "../parts/alarms/alarms";
import { RULE_FILES, ruleFileOf } from "../parts/alarms/alert-rules";
import { profiles } from "../spec/profiles";

/** What AWS says by itself: nothing of the product's metrics has to be asked for it. */
export const TOLD_BY_AWS: Record<string, string> = {
  ProcessDown: "ECS replaces a task that does not answer, and says so as information.",
  Deployment: "Told by the events of ECS.",
  Scaling: "Told by the events of Application Auto Scaling.",
};

/** Alerts whose figure CloudWatch has as well: there is an alarm for each, with the rule's own numbers. */
export const alarmed: ReadonlySet<string> = new Set(
  Object.values(profiles)
    .flatMap((profile) => alarmsOf({ profile }))
    .flatMap(({ rule }: AlarmRow) => (rule === undefined ? [] : [rule])),
);

/**
 * The rules of infra/monitoring, as they are, but for those that CloudWatch or ECS speak of: a workspace of Amazon Managed
 * Service for Prometheus works them out from what the collectors write. So an alert is told once, by its one rule.
 */
export function workspaceRules(): { file: string; data: string }[] {
  return RULE_FILES.map((file) => ({
    file: file.replace(/\.yml$/, ""),
    data: stringify({
      groups: ruleFileOf(file)
        .groups.map((group) => ({
          ...group,
          rules: group.rules.filter(
            ({ alert }) => alert === undefined || !(alarmed.has(alert) || alert in TOLD_BY_AWS),
          ),
        }))
        .filter(({ rules }) => rules.length > 0),
    }),
  }));
}

const dashboard = z.object({
  panels: z.array(z.object({ targets: z.array(z.object({ expr: z.string() })).default([]) })),
});

/** Names of the metrics that a rule of the workspace or a panel of the dashboard asks for: nothing else is kept. */
export function metricsKept(): string[] {
  const board = readFileSync(new URL("../../monitoring/grafana-dashboard.json", import.meta.url), "utf8");
  const panels = dashboard
    .parse(JSON.parse(board))
    .panels.flatMap(({ targets }) => targets.map(({ expr }) => expr));
  const rules = workspaceRules().flatMap(({ data }) =>
    z
      .object({ groups: z.array(z.object({ rules: z.array(z.object({ expr: z.string() })) })) })
      .parse(parse(data))
      .groups.flatMap((group) => group.rules.map(({ expr }) => expr)),
  );
  const names = [...rules, ...panels].flatMap(
    // A recorded series has a colon: the workspace makes it.
    (expr) => expr.match(/(?<![:\w])(?:agatha|process|nodejs)_[a-z0-9_]+/g) ?? [],
  );
  return [...new Set(names)].sort();
}
