import { cpus } from "node:os";
import { agatha } from "./agatha";
import { type Busy, figuresOf } from "./figures";
import type { MockProvider } from "./mock-provider";
import { median, number, table } from "./tables";

interface Growth {
  counts: readonly number[];
  rounds: number;
  seconds: number;
  mock: MockProvider;
}

/** Of two processes, one being 1. */
const TARGET = 1.7;
const CONNECTIONS_EACH = 64;

/**
 * How the answers a second grow with the server's processes, which share one port and all limits (ADR 39). Nothing is
 * pinned: as many cores are needed as there are processes, and those of load, provider and database beside them.
 */
export async function processesTable({ counts, rounds, seconds, mock }: Growth): Promise<string> {
  const found = new Map<number, Busy[]>(counts.map((count) => [count, []]));
  for (let round = 1; round <= rounds; round++) {
    for (const count of counts) {
      console.error(`Round ${round} of ${rounds}: ${count} of our processes …`);
      const gateway = await agatha(
        { upstream: mock.port, prefix: [] },
        { env: { SERVER_PROCESSES: String(count) } },
      );
      try {
        const plan = { seconds, mock, wanted: new Set(["answers"] as const) };
        const { whole } = await figuresOf(gateway, { ...plan, connections: CONNECTIONS_EACH * count });
        if (whole !== undefined) found.get(count)?.push(whole);
      } finally {
        await gateway.stop();
      }
    }
  }
  const of = (count: number, field: keyof Busy) => median((found.get(count) ?? []).map((one) => one[field]));
  const first = of(counts[0] ?? 1, "perSecond");
  const rows = counts.map((count) => {
    const perSecond = of(count, "perSecond");
    const ratio = perSecond === undefined || !first ? undefined : perSecond / first;
    const target =
      count === 2 && counts[0] === 1
        ? ` (target ${TARGET}: ${(ratio ?? 0) >= TARGET ? "met" : "missed"})`
        : "";
    return [
      String(count),
      number(perSecond),
      `${number(ratio, 2)}${target}`,
      number(of(count, "own")),
      number(of(count, "database")),
    ];
  });
  const head = [
    "processes",
    "answers a second",
    "of the first row",
    "servers' CPU a call (µs)",
    "PostgreSQL's (µs)",
  ];
  const cores = cpus().length;
  const most = Math.max(...counts);
  const said =
    cores > most + 2
      ? `${cores} cores.`
      : `${cores} cores for ${most} processes, their load, provider and database: CPU a call says more than the rate.`;
  return `${table(head, rows)}\n\n${said}`;
}
