import { readFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { parse } from "yaml";
import { z } from "zod";

/**
 * The alert rules as data, for the tests and for whoever makes the same alarms elsewhere (CloudWatch): thresholds, times and
 * priorities are written once, in the rule files.
 */
export const RULE_FILES = ["service-levels.yml", "alerts.yml"] as const;

export const monitoringFile = (name: string) => fileURLToPath(new URL(name, import.meta.url));

const alertSchema = z.strictObject({
  alert: z.string().regex(/^[A-Z][A-Za-z]+$/),
  expr: z.string().min(1),
  for: z.string().regex(/^\d+[smhd]$/),
  labels: z.strictObject({
    severity: z.enum(["critical", "warning", "info"]),
    /** Who is told, and how fast: docs/INCIDENT_RESPONSE.md. */
    priority: z.enum(["P0", "P1", "P2", "P3"]),
  }),
  annotations: z.strictObject({
    summary: z.string().min(10),
    runbook: z.string().regex(/^docs\/RUNBOOKS\.md#[\w-]+$/),
  }),
});

const recordingSchema = z.strictObject({
  record: z.string().regex(/^agatha:[a-z0-9_]+:[a-z0-9]+$/),
  expr: z.string().min(1),
});

/** What Prometheus reads of a rule file (`rulefmt`): it refuses the whole file for one unknown or missing field. */
const ruleFileSchema = z.strictObject({
  groups: z.array(
    z.strictObject({
      name: z.string().min(1),
      interval: z.string().optional(),
      rules: z.array(z.union([alertSchema, recordingSchema])),
    }),
  ),
});

export type Alert = z.infer<typeof alertSchema>;

const rulesOf = (file: (typeof RULE_FILES)[number]) =>
  ruleFileSchema
    .parse(parse(readFileSync(monitoringFile(file), "utf8")))
    .groups.flatMap((group) => group.rules);

export const readAlerts = (): Alert[] =>
  RULE_FILES.flatMap(rulesOf).filter((rule): rule is Alert => "alert" in rule);

export interface Threshold {
  /** The PromQL of what is measured. */
  measure: string;
  operator: ">" | "<" | "==" | "!=";
  limit: number;
}

/** The comparison at the end of a rule. Rules that join several comparisons have none. */
export function thresholdOf({ expr }: Alert): Threshold | undefined {
  const [, measure, operator, limit] = /^(.*) (>|<|==|!=) (-?[\d.]+)$/s.exec(expr) ?? [];
  if (measure === undefined || limit === undefined || / and /.test(measure)) return undefined;
  return { measure, operator: z.enum([">", "<", "==", "!="]).parse(operator), limit: Number(limit) };
}
