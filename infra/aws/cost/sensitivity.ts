import type { Config } from "../config/config";
import { assumed, capacityOf, marginal } from "./capacity";
import { type AssumedMonth, assumedMonth, monthlyCost, total } from "./monthly";

const usd = (value: number) => (value === 0 ? "$0" : `$${value < 10 ? value.toFixed(2) : Math.round(value)}`);
const number = (value: number) => value.toLocaleString("en-US");
const line = (cells: string[]) => `| ${cells.join(" | ")} |`;

/** How each assumption is said in docs/CAPACITY.md; one that is new does not compile without its words. */
const MONTH: Record<keyof AssumedMonth, (of: AssumedMonth, name: keyof AssumedMonth["logGib"]) => string> = {
  logGib: (of, name) => `${of.logGib[name]} GiB of logs a cell`,
  balancerUnits: (of, name) => `${of.balancerUnits[name]} capacity units of a balancer`,
  watched: ({ watched }, name) =>
    `${number(watched[name].items)} changes, ${number(watched[name].evaluations)} evaluations, ${watched[name].millionEvents} million events and ${watched[name].logGib} GiB that the watchers of a region read`,
  seriesOfATask: (of) => `${of.seriesOfATask} series of a task`,
  queriedAMinute: (of) => `${number(of.queriedAMinute)} samples that rules read for a task and minute`,
  containerInsights: (of) => `${of.containerInsights} figures of a cluster's tasks`,
  functionFigures: (of) => `${of.functionFigures} figures that a cell's functions embed in a month`,
  backupShare: (of) => `${100 * of.backupShare} % of the database's storage in backups`,
};
const CALL: Record<Exclude<keyof typeof assumed, "peak">, string> = {
  providerBytes: "bytes of a call to its provider and back",
  answerBytes: "bytes of a call's answer",
  logBytes: "bytes of a call's log lines",
};

/** Twice as much of each, and nothing else changed: what it adds to a month, or to a million calls. */
export function assumptionsTable(configs: Config[]): string {
  const [largest] = configs;
  const third = capacityOf(configs).at(-1);
  if (largest === undefined || third === undefined)
    throw new Error("assumptions are said of a profile at least");
  const keys = Object.keys(MONTH) as (keyof AssumedMonth)[];
  const calls = Object.keys(CALL) as (keyof typeof CALL)[];
  return [
    line([
      "assumed (of production, where profiles differ)",
      ...configs.map(({ profile }) => `${profile.name}, twice that`),
    ]),
    line(["---", ...configs.map(() => "---:")]),
    ...keys.map((key) =>
      line([
        MONTH[key](assumedMonth, largest.profile.name),
        ...configs.map(
          (config) => `+${usd(total(monthlyCost(config, twice(key))) - total(monthlyCost(config)))} a month`,
        ),
      ]),
    ),
    ...calls.map((key) =>
      line([
        `${number(assumed[key])} ${CALL[key]}`,
        ...configs.map(
          () => `+${usd(marginal({ ...assumed, [key]: 2 * assumed[key] }) - marginal())} a million calls`,
        ),
      ]),
    ),
    line([
      `${assumed.peak} times a month's mean in its busiest second`,
      ...configs.map(
        () => `${(2 * third.serverCpus).toFixed(2)} processors of servers in year ${third.year}`,
      ),
    ]),
  ].join("\n");
}

const twice = (key: keyof AssumedMonth): AssumedMonth => ({
  ...assumedMonth,
  [key]: doubled(assumedMonth[key]),
});

function doubled(value: unknown): unknown {
  if (typeof value === "number") return 2 * value;
  return Object.fromEntries(Object.entries(value ?? {}).map(([name, of]) => [name, doubled(of)]));
}
