import type { Busy, Figures, Step } from "./figures";

const THRESHOLDS_MS = [5, 10, 50, 100];

export const number = (value: number | undefined, digits = 0) =>
  value === undefined || !Number.isFinite(value)
    ? "–"
    : value.toLocaleString("en-US", { minimumFractionDigits: digits, maximumFractionDigits: digits });

/** The median over the rounds. */
export function median(values: readonly (number | undefined)[]): number | undefined {
  const sorted = values.filter((value) => value !== undefined).sort((left, right) => left - right);
  return sorted[Math.floor((sorted.length - 1) / 2)];
}

/** Tables to paste into docs/benchmarks.md: the median of each figure, a row a contender, in the order of the map. */
export function toTables(figures: ReadonlyMap<string, readonly Figures[]>): string {
  const of = (name: string, pick: (one: Figures) => number | undefined) =>
    median((figures.get(name) ?? []).map(pick));
  const names = [...figures.keys()];
  const [direct = ""] = names;
  const dispatch = names.find((name) => name.includes("dispatch")) ?? "";

  const busyRow = (name: string, kind: "whole" | "streams") => {
    const pick = (field: keyof Busy) => of(name, (one) => one[kind]?.[field]);
    const own = pick("own");
    const bare = of(dispatch, (one) => one[kind]?.own);
    return [
      name,
      number(pick("perSecond")),
      name === direct ? "–" : number(own),
      name === direct ? "–" : number(pick("database")),
      own ? number(1e6 / own) : "–",
      own && bare ? `${number(own / bare, 1)} ×` : "–",
    ];
  };
  const busy = (kind: "whole" | "streams") =>
    table(
      [
        kind === "whole" ? "answers, 64 connections" : "streams of 50 chunks, 64 connections",
        "a second",
        "gateway's CPU a call (µs)",
        "PostgreSQL's (µs)",
        "calls a CPU second",
        "CPU, bare dispatch = 1",
      ],
      names.map((name) => busyRow(name, kind)),
    );

  const added = (name: string, field: "p50" | "p99", pick: (one: Figures) => Step | undefined) => {
    const [own, base] = [of(name, (one) => pick(one)?.[field]), of(direct, (one) => pick(one)?.[field])];
    return own === undefined || base === undefined ? undefined : own - base;
  };
  const rate = table(
    ["at 200 a second", "p50 (ms)", "p99 (ms)", "added p50", "added p99"],
    names.map((name) => [
      name,
      number(
        of(name, (one) => one.rate?.p50),
        1,
      ),
      number(
        of(name, (one) => one.rate?.p99),
        1,
      ),
      name === direct
        ? "–"
        : number(
            added(name, "p50", (one) => one.rate),
            1,
          ),
      name === direct
        ? "–"
        : number(
            added(name, "p99", (one) => one.rate),
            1,
          ),
    ]),
  );

  // Counted from what nothing in between takes with one connection: what the load itself makes wait is the gateway's, too.
  const idle = of(direct, (one) => one.sweep[0]?.p99) ?? 0;
  const within = (name: string, most: number) =>
    median(
      (figures.get(name) ?? []).map(({ sweep }) =>
        sweep
          .filter(({ p99 }) => p99 - idle <= most)
          .reduce((best, { perSecond }) => Math.max(best, perSecond), 0),
      ),
    );
  const sweep = table(
    ["calls a second at an added p99 of", ...THRESHOLDS_MS.map((ms) => `≤ ${ms} ms`)],
    names.map((name) => [name, ...THRESHOLDS_MS.map((ms) => number(within(name, ms)))]),
  );
  return [busy("whole"), busy("streams"), rate, sweep].join("\n\n");
}

export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]) => `| ${cells.join(" | ")} |`;
  return [line(head), line(head.map(() => "---")), ...rows.map(line)].join("\n");
}
