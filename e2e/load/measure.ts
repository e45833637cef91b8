import type { Installation, Part } from "./installation";
import { type Load, type LoadResult, percentile, runLoad } from "./load";

export interface Row {
  what: string;
  target: string;
  /** Answers in the measured time. */
  count?: number;
  perSecond: number;
  /** Absent where it says nothing: when as many as possible are sent, each waits for the others. */
  latency?: { p50: number; p95: number; p99: number; max: number };
  /** CPU milliseconds a request, by part. */
  cpu: Partial<Record<Part | "load", number>>;
  note: string;
}

/** Runs a load and makes a row of it. @throws when any answer has another status than `expected`. */
export async function measure(
  installation: Installation,
  {
    what,
    target,
    expected,
    ...load
  }: Omit<Load, "port"> & { what: string; target: string; expected: number },
): Promise<Row> {
  let before = installation.cpu();
  const result = await runLoad({ ...load, port: installation.port }, () => {
    before = installation.cpu();
  });
  const after = installation.cpu();
  assertOnly(result, expected, what);
  const count = result.latencies.length;
  const [p50, p95, p99] = [0.5, 0.95, 0.99].map((p) => percentile(result.latencies, p));
  return {
    what,
    target,
    count,
    perSecond: count / result.seconds,
    latency: { p50: p50 ?? 0, p95: p95 ?? 0, p99: p99 ?? 0, max: result.latencies.at(-1) ?? 0 },
    cpu: { ...perRequest(before, after, count), load: (result.cpuSeconds * 1_000) / count },
    note: `${count.toLocaleString("en-US")} answers in ${result.seconds.toFixed(0)} s, all ${expected}`,
  };
}

/** CPU milliseconds of each part, shared out over `count` requests. */
export function perRequest(
  before: Record<Part, number>,
  after: Record<Part, number>,
  count: number,
): Partial<Record<Part, number>> {
  const parts = Object.keys(after) as Part[];
  return Object.fromEntries(
    parts.map((part) => [part, ((after[part] - before[part]) * 1_000) / count] as const),
  );
}

function assertOnly({ statuses }: LoadResult, expected: number, what: string): void {
  const others = Object.entries(statuses).filter(([status]) => Number(status) !== expected);
  if (others.length === 0) return;
  const list = others.map(([status, count]) => `${count} × ${status}`).join(", ");
  throw new Error(`${what}: not every answer was ${expected}: ${list}.`);
}
