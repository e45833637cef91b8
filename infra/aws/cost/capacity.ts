import type { Config } from "../config/config";
import { spec } from "../spec/spec";
import { monthlyCost, total } from "./monthly";
import { HOURS, prices } from "./prices";

/** Milliseconds of CPU a call, measured (docs/benchmarks.md, 27 November 2026: `/v1` at 200 a second, and saturated). */
export const measured = {
  atRest: { server: 2.44, database: 2.15 },
  saturated: { server: 0.233, database: 0.103 },
} as const;

/** Assumed, to be replaced by what customers do. */
export const assumed = {
  /** The busiest second of a month, against its mean. */
  peak: 10,
  /** Bytes a call through the translation of addresses (to the provider and back), to the customer, and into the log. */
  providerBytes: 12_000,
  answerBytes: 6_000,
  logBytes: 900,
} as const;

const SECONDS = HOURS * 3_600;
const GIB = 1_024 ** 3;

export interface YearRow {
  year: number;
  requestsPerMonth: number;
  peakPerSecond: number;
  /** Processors busy at the peak, each call at its dearest: at rest. */
  serverCpus: number;
  databaseCpus: number;
  /** What one million calls add to the bill. */
  marginalUsd: number;
  /** The whole bill by a million calls. */
  perMillionUsd: Record<string, number>;
}

/** What a year of the specification's projection needs and costs, from our own figures. */
export function capacityOf(configs: Config[]): YearRow[] {
  return spec.capacity.years.map(({ year, requestsPerMonth }) => {
    const peakPerSecond = (requestsPerMonth / SECONDS) * assumed.peak;
    const millions = requestsPerMonth / 1_000_000;
    const marginalUsd = marginal();
    return {
      year,
      requestsPerMonth,
      peakPerSecond,
      serverCpus: (peakPerSecond * measured.atRest.server) / 1_000,
      databaseCpus: (peakPerSecond * measured.atRest.database) / 1_000,
      marginalUsd,
      perMillionUsd: Object.fromEntries(
        configs.map((config) => [config.profile.name, total(monthlyCost(config)) / millions + marginalUsd]),
      ),
    };
  });
}

export function marginal(of: { [name in keyof typeof assumed]: number } = assumed): number {
  const calls = 1_000_000;
  const cpuHours = (calls * measured.atRest.server) / 1_000 / 3_600;
  const gib = (bytes: number) => (calls * bytes) / GIB;
  return (
    cpuHours * (prices.fargate.vcpuHour + 2 * prices.fargate.gibHour) +
    gib(of.providerBytes) * prices.natGib +
    gib(of.answerBytes) * prices.transferOutGib +
    gib(of.logBytes) * prices.logGib +
    prices.waf.millionRequests
  );
}

const usd = (value: number) => `$${Math.round(value).toLocaleString("en-US")}`;
const small = (value: number) => (value < 10 ? `$${value.toFixed(2)}` : usd(value));

/** The tables of docs/CAPACITY.md, which the tests compare with the file. */
export function capacityTables(configs: Config[]): { costs: string; years: string } {
  const names = configs.map(({ profile }) => profile.name);
  const rows = configs.map((config) => monthlyCost(config));
  const line = (cells: string[]) => `| ${cells.join(" | ")} |`;
  const costs = [
    line(["a month, US dollars", ...names]),
    line(["---", ...names.map(() => "---:")]),
    ...(rows[0] ?? []).map(({ what }, index) => line([what, ...rows.map((of) => usd(of[index]?.usd ?? 0))])),
    line(["**all of it**", ...rows.map((of) => `**${usd(total(of))}**`)]),
  ].join("\n");
  const years = [
    line([
      "year",
      "calls a month",
      "busiest second",
      "servers' CPUs then",
      "database's CPUs then",
      ...names.map((name) => `${name}, a million calls`),
    ]),
    line(["---", "---:", "---:", "---:", "---:", ...names.map(() => "---:")]),
    ...capacityOf(configs).map((row) =>
      line([
        String(row.year),
        row.requestsPerMonth.toLocaleString("en-US"),
        `${row.peakPerSecond.toFixed(row.peakPerSecond < 10 ? 1 : 0)} calls`,
        row.serverCpus.toFixed(2),
        row.databaseCpus.toFixed(2),
        ...names.map((name) => small(row.perMillionUsd[name] ?? Number.NaN)),
      ]),
    ),
  ].join("\n");
  return { costs, years };
}
