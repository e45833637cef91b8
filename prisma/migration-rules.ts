import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";

const here = dirname(fileURLToPath(import.meta.url));

/** Migrations up to here are from before the rules, and keep what they are: an applied migration is never edited. */
export const BASELINE = "20261203599999";

/** Those that the rules hold for, oldest first. */
export function newMigrations(directory = join(here, "migrations")): string[] {
  return readdirSync(directory, { withFileTypes: true })
    .filter((entry) => entry.isDirectory() && entry.name > BASELINE)
    .map(({ name }) => name)
    .sort();
}

export interface Finding {
  rule: string;
  line: number;
  message: string;
}

const reportSchema = z.array(z.object({ rule_name: z.string(), line: z.number(), message: z.string() }));

/** The first line of a migration that takes away what no version reads any more, and says since when. */
const CONTRACT = /^-- Contract: \S+/;
const TAKING_AWAY: ReadonlySet<string> = new Set([
  "ban-drop-column",
  "ban-drop-table",
  "ban-drop-not-null",
  "renaming-column",
  "renaming-table",
]);
/** Tables of partitions, of which an index cannot be built concurrently as a whole. */
const PARTITIONED =
  /\bINDEX\s+(?:\w+\s+)*?"?\w+"?\s+ON\s+(?!ONLY\b)(?:public\.)?"?(?:inference_requests|usage_ledger|audit_logs|audit_calls)\b/gi;

/** What a migration does that stops the calls of an installation at work, by squawk's rules and one of our own. */
export function lintMigration(sql: string): Finding[] {
  const contract = CONTRACT.test(sql);
  const findings = [...bySquawk(sql), ...partitionedIndexes(sql)];
  return findings.filter(({ rule }) => !(contract && TAKING_AWAY.has(rule)));
}

export function lintNewMigrations(directory = join(here, "migrations")): (Finding & { migration: string })[] {
  return newMigrations(directory).flatMap((migration) =>
    lintMigration(readFileSync(join(directory, migration, "migration.sql"), "utf8")).map((finding) => ({
      migration,
      ...finding,
    })),
  );
}

function bySquawk(sql: string): Finding[] {
  const script = createRequire(import.meta.url).resolve("squawk-cli/package.json");
  const { stdout, stderr, error } = spawnSync(
    process.execPath,
    [
      binOf(script),
      "--config",
      join(here, "squawk.toml"),
      "--reporter",
      "json",
      "--stdin-filepath",
      "migration.sql",
    ],
    { input: sql, encoding: "utf8" },
  );
  if (error !== undefined) throw error;
  if (!stdout.trim().startsWith("[")) throw new Error(`squawk did not report: ${stderr || stdout}`);
  return reportSchema
    .parse(JSON.parse(stdout))
    .map(({ rule_name: rule, line, message }) => ({ rule, line: line + 1, message }));
}

function binOf(packageJson: string): string {
  const manifest = z.object({ bin: z.union([z.string(), z.record(z.string(), z.string())]) });
  const { bin } = manifest.parse(JSON.parse(readFileSync(packageJson, "utf8")));
  return join(dirname(packageJson), typeof bin === "string" ? bin : (bin.squawk ?? ""));
}

function partitionedIndexes(sql: string): Finding[] {
  return [...sql.matchAll(PARTITIONED)].map(({ index }) => ({
    rule: "partitioned-index-not-only",
    line: sql.slice(0, index).split("\n").length,
    message:
      "Make the index of a partitioned table ON ONLY it: deploy builds those of its partitions concurrently.",
  }));
}
