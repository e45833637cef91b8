import { type Load, type LoadResult, percentile, runLoad } from "../load";
import type { Contender } from "./contender";
import type { MockProvider } from "./mock-provider";

export const loads = ["rate", "answers", "streams", "sweep"] as const;
export type LoadName = (typeof loads)[number];

export interface Plan {
  seconds: number;
  mock: MockProvider;
  /** Which loads are run. */
  wanted: ReadonlySet<LoadName>;
  /** Under which as many answers as possible are asked for. */
  connections?: number;
}

export interface Busy {
  perSecond: number;
  /** Microseconds of CPU a call: of the gateway, and of its database. */
  own: number;
  database: number;
}

export interface Step {
  perSecond: number;
  p50: number;
  p99: number;
}

export interface Figures {
  /** As many answers as can be had over 64 connections. */
  whole: Busy | undefined;
  /** Undefined where streams are answered with errors. */
  streams: Busy | undefined;
  /** At 200 a second. */
  rate: Step | undefined;
  /** With ever more connections, each asking again as soon as it is answered. */
  sweep: Step[];
}

const RATE = 200;
const BUSY_CONNECTIONS = 64;
/** Some 20,000 calls: after 6,000 compiling still took us 50 µs of each. */
const WARM_SECONDS = 10;
const SWEEP = [1, 2, 4, 8, 16, 32, 64, 128, 256];

/** One contender's turn. @throws where an answer failed, or is not in the ledger. */
export async function figuresOf(
  contender: Contender,
  { seconds, mock, wanted, connections: busyConnections = BUSY_CONNECTIONS }: Plan,
): Promise<Figures> {
  const { port } = contender;
  let counted = await mock.counts();
  await contender.check?.(counted);
  const load = async (part: Omit<Load, "port" | "requests" | "warmupSeconds">, isStream = false) => {
    let before = contender.cpu();
    const given = { ...part, port, requests: contender.requests(isStream), warmupSeconds: 1 };
    const result = await runLoad(given, () => {
      before = contender.cpu();
    });
    const after = contender.cpu();
    const now = await mock.counts();
    const since = { answers: now.answers - counted.answers, streams: now.streams - counted.streams };
    counted = now;
    const wrong = await contender.check?.(since);
    if (wrong !== undefined) throw new Error(`${contender.name}: void, for ${wrong}.`);
    return { result, before, after };
  };
  const only200 = ({ statuses }: LoadResult) => Object.keys(statuses).join() === "200";
  const all200 = (result: LoadResult) => {
    if (only200(result)) return result;
    throw new Error(`${contender.name}: not every answer was 200: ${JSON.stringify(result.statuses)}`);
  };
  const busy = ({ result, before, after }: Awaited<ReturnType<typeof load>>): Busy => {
    const count = result.latencies.length;
    return {
      perSecond: count / result.seconds,
      own: ((after.own - before.own) * 1e6) / count,
      database: ((after.database - before.database) * 1e6) / count,
    };
  };
  const step = ({ latencies, seconds: took }: LoadResult): Step => ({
    perSecond: latencies.length / took,
    p50: percentile(latencies, 0.5),
    p99: percentile(latencies, 0.99),
  });

  // Code is compiled while it is used, by other threads of the same process: the first load of a process says nothing.
  await load({ connections: busyConnections, seconds: WARM_SECONDS });
  const rate = wanted.has("rate") ? await load({ connections: 128, seconds, rate: RATE }) : undefined;
  const whole = wanted.has("answers") ? await load({ connections: busyConnections, seconds }) : undefined;
  if (whole !== undefined) all200(whole.result);
  const streamed = wanted.has("streams")
    ? await load({ connections: busyConnections, seconds }, true)
    : undefined;
  const sweep: Step[] = [];
  for (const connections of wanted.has("sweep") ? SWEEP : []) {
    sweep.push(step(all200((await load({ connections, seconds: Math.max(1, seconds / 3) })).result)));
  }
  return {
    whole: whole && busy(whole),
    streams: streamed !== undefined && only200(streamed.result) ? busy(streamed) : undefined,
    rate: rate && step(all200(rate.result)),
    sweep,
  };
}
