import { csvCell, csvLine } from "../../shared/format/csv";
import { toDay } from "../../shared/time";
import {
  type Clock,
  chooseEnvironment,
  DAY,
  type Db,
  ownOf,
  type Principal,
  startOfMonth,
  systemClock,
} from "../platform";
import type { UsageBucket, UsageFile, UsageInterval, UsageQuery } from "./schemas";
import { readUsageCells } from "./statistics/read-usage-cells";
import { toBuckets } from "./statistics/to-buckets";
import { type UsageRange, usageRange } from "./statistics/usage-range";

const columns: Record<string, (bucket: UsageBucket) => string | number | undefined> = {
  start: ({ start }) => start,
  group_id: ({ group }) => group?.id,
  group: ({ group }) => group?.label,
  requests: ({ requests }) => requests,
  completed: ({ completed }) => completed,
  failed: ({ failed }) => failed,
  cancelled: ({ cancelled }) => cancelled,
  input_tokens: ({ input_tokens }) => input_tokens,
  cached_input_tokens: ({ cached_input_tokens }) => cached_input_tokens,
  cache_write_tokens: ({ cache_write_tokens }) => cache_write_tokens,
  output_tokens: ({ output_tokens }) => output_tokens,
  reasoning_tokens: ({ reasoning_tokens }) => reasoning_tokens,
  total_tokens: ({ total_tokens }) => total_tokens,
  cost_usd: ({ cost_micros }) => dollars(cost_micros),
  latency_p50_ms: ({ latency_ms }) => latency_ms?.p50,
  latency_p95_ms: ({ latency_ms }) => latency_ms?.p95,
  cache_hits: ({ cache_hits }) => cache_hits,
  byok_requests: ({ byok_requests }) => byok_requests,
  byok_fee_usd: ({ byok_fee_micros }) => dollars(byok_fee_micros),
  provider_cost_usd: ({ provider_cost_micros }) => dollars(provider_cost_micros),
};

const dollars = (micros: number) => (micros / 1_000_000).toFixed(6);

/** The time span of one piece of the file, by interval. */
const pieceDays: Record<UsageInterval, number> = { hour: 1, day: 31, month: 92 };

/**
 * The result of `getUsage` as CSV, written in pieces: one piece is in memory, and the next is read when it has been
 * sent. Each piece is exact when it is read. The first is read before this returns, so that errors come before the file
 * begins.
 * @throws AppError as `getUsage`.
 */
export async function exportUsage(
  db: Db,
  { principal, query }: { principal: Principal; query: UsageQuery },
  clock: Clock = systemClock,
): Promise<UsageFile> {
  const range = usageRange(query, clock.now());
  const pieces = readPieces(db, principal, query, range);
  const first = await pieces.next();
  return {
    filename: `agathaai-usage-${toDay(range.from)}-${toDay(range.to)}.csv`,
    pieces: beginFile(first, pieces),
  };
}

async function* beginFile(
  first: IteratorResult<string, void>,
  others: AsyncGenerator<string, void>,
): AsyncGenerator<string, void> {
  yield csvLine(Object.keys(columns));
  if (!first.done) yield first.value;
  yield* others;
}

async function* readPieces(
  db: Db,
  principal: Principal,
  query: UsageQuery,
  range: UsageRange,
): AsyncGenerator<string, void> {
  const environment = chooseEnvironment(principal, query.environment);
  for (const piece of splitRange(range, query.interval)) {
    const cells = await readUsageCells(db, {
      ...query,
      ...piece,
      orgId: principal.orgId,
      environment,
      own: ownOf(principal),
    });
    const buckets = await toBuckets(db, { principal, query, cells });
    if (buckets.length > 0) yield buckets.map(lineOf).join("");
  }
}

/** Splits a range into consecutive parts of whole buckets. */
function* splitRange({ from, to }: UsageRange, interval: UsageInterval): Generator<UsageRange, void> {
  for (let start = from; start < to; ) {
    const reached = new Date(start.getTime() + pieceDays[interval] * DAY);
    const end = interval === "month" ? startOfMonth(reached) : reached;
    yield { from: start, to: end < to ? end : to };
    start = end;
  }
}

function lineOf(bucket: UsageBucket): string {
  return csvLine(Object.values(columns).map((read) => csvCell(read(bucket) ?? "")));
}
