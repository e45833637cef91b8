import { readFileSync } from "node:fs";
import { parse, stringify } from "yaml";
import { monitoringFile } from "./read-alerts";

/** Ages in seconds are waited for as well: their limits are shortened with the windows. */
const AGE_LIMIT = /(agatha_queue_oldest_age_seconds\)) > (\d+)$/;
const SECONDS: Record<string, number> = { s: 1, m: 60, h: 3_600, d: 86_400 };

const shorter = (count: string, unit: string, factor: number) =>
  `${Math.round((1_000 * Number(count) * (SECONDS[unit] ?? Number.NaN)) / factor)}ms`;

interface RuleFile {
  groups: { rules: { expr: string; for?: string }[] }[];
}

/** For rehearsals: the real rules with every window and every `for` divided, and nothing else changed. */
export function shortenRules(file: string, factor: number): string {
  const rules = parse(readFileSync(monitoringFile(file), "utf8")) as RuleFile;
  for (const rule of rules.groups.flatMap((group) => group.rules)) {
    rule.expr = rule.expr
      .replaceAll(/\[(\d+)([smhd])\]/g, (_, count, unit) => `[${shorter(count, unit, factor)}]`)
      .replaceAll(/offset (\d+)([smhd])/g, (_, count, unit) => `offset ${shorter(count, unit, factor)}`)
      .replace(AGE_LIMIT, (_, measure, limit) => `${measure} > ${Number(limit) / factor}`);
    if (rule.for !== undefined)
      rule.for = rule.for.replace(/^(\d+)([smhd])$/, (_, count, unit) => shorter(count, unit, factor));
  }
  return stringify(rules);
}
