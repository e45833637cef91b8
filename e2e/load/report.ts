import { execSync } from "node:child_process";
import { cpus, freemem, loadavg, totalmem, type } from "node:os";
import type { Row } from "./measure";

/** The machine, in one line for the head of a table. */
export function machineFacts(postgresVersion: string): string {
  const all = cpus();
  const gib = (bytes: number) => Math.round(bytes / 1024 ** 3);
  return [
    `${all.length} × ${all[0]?.model.trim() ?? "unknown processor"}`,
    `${gib(totalmem())} GiB memory (${gib(freemem())} free)`,
    type(),
    `Node ${process.versions.node}`,
    `PostgreSQL ${postgresVersion}`,
    `commit ${commit()}`,
    `load average before: ${loadavg()[0]?.toFixed(1)}`,
  ].join(", ");
}

function commit(): string {
  try {
    return execSync("git rev-parse --short HEAD", { encoding: "utf8" }).trim();
  } catch {
    return "unknown";
  }
}

/** A table to paste into docs/benchmarks.md. */
export function toMarkdown(rows: readonly Row[]): string {
  return [
    "| what | target | requests/s | p50 | p95 | p99 | longest | CPU a request: server + PostgreSQL + worker + SQS and providers + Redis (load) |",
    "|---|---|---|---|---|---|---|---|",
    ...rows.map((row) => `| ${cells(row).join(" | ")} |`),
    "",
    ...rows.map(({ what, note }) => `- ${what}: ${note}.`),
  ].join("\n");
}

function cells({ what, target, perSecond, latency, cpu }: Row): string[] {
  const ms = (value: number | undefined) => (value === undefined ? "" : `${value.toFixed(1)} ms`);
  const cost = (value: number | undefined) => (value === undefined || value < 0.005 ? "–" : value.toFixed(2));
  const parts = [cpu.server, cpu.postgres, cpu.worker, cpu.queue, cpu.redis].map(cost).join(" + ");
  return [
    what,
    target,
    perSecond >= 100 ? Math.round(perSecond).toLocaleString("en-US") : perSecond.toFixed(1),
    ms(latency?.p50),
    ms(latency?.p95),
    ms(latency?.p99),
    ms(latency?.max),
    `${parts} ms (${cost(cpu.load)})`,
  ];
}
