import { readFileSync } from "node:fs";
import { parse } from "yaml";
import { z } from "zod";

/** Read where Prometheus reads them: what both watch has its threshold, time and severity written once. */
export const RULE_FILES = ["service-levels.yml", "alerts.yml"] as const;

const fileSchema = z.object({
  groups: z.array(
    z.object({
      name: z.string(),
      interval: z.string().optional(),
      rules: z.array(
        z.object({
          alert: z.string().optional(),
          record: z.string().optional(),
          expr: z.string(),
          for: z.string().optional(),
          labels: z
            .object({ severity: z.enum(["critical", "warning", "info"]), priority: z.string().optional() })
            .optional(),
          annotations: z.record(z.string(), z.string()).optional(),
        }),
      ),
    }),
  ),
});

export const ruleFileOf = (file: (typeof RULE_FILES)[number]) =>
  fileSchema.parse(parse(readFileSync(new URL(`../../../monitoring/${file}`, import.meta.url), "utf8")));

export const alertRules = RULE_FILES.flatMap((file) =>
  ruleFileOf(file).groups.flatMap(({ rules }) => rules),
).filter(({ alert }) => alert !== undefined);

/**
 * What a rule of Prometheus says, for the alarm that says the same. `times`: by how much CloudWatch's unit is smaller.
 * @throws Error where there is no such rule, or it compares with no single number.
 */
export function sameAs(
  alert: string,
  times = 1,
): { severity: "critical" | "warning" | "info"; threshold: number; minutes: number } {
  const rule = alertRules.find((one) => one.alert === alert);
  const { expr = "" } = rule ?? {};
  // Rules that join several comparisons have no one limit.
  const limit = / and /.test(expr) ? undefined : / > ([\d.]+)$/.exec(expr)?.[1];
  const minutes = /^(\d+)m$/.exec(rule?.for ?? "")?.[1];
  const severity = rule?.labels?.severity;
  if (limit === undefined || minutes === undefined || severity === undefined)
    throw new Error(`The alert ${alert} of infra/monitoring compares with no single number.`);
  // Without the dust of floating point: 0.01 of 100 is 1.
  return { severity, threshold: Number((Number(limit) * times).toPrecision(12)), minutes: Number(minutes) };
}
