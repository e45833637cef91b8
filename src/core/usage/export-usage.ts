import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import type { Principal } from "../platform/principal";
import { getUsage } from "./get-usage";
import type { UsageBucket, UsageFile, UsageQuery } from "./schemas";

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
  output_tokens: ({ output_tokens }) => output_tokens,
  reasoning_tokens: ({ reasoning_tokens }) => reasoning_tokens,
  total_tokens: ({ total_tokens }) => total_tokens,
  cost_usd: ({ cost_micros }) => (cost_micros / 1_000_000).toFixed(6),
  latency_p50_ms: ({ latency_ms }) => latency_ms?.p50,
  latency_p95_ms: ({ latency_ms }) => latency_ms?.p95,
};

/** `getUsage` as a spreadsheet takes it. @throws AppError as `getUsage`. */
export async function exportUsage(
  db: Db,
  asked: { principal: Principal; query: UsageQuery },
  clock: Clock = systemClock,
): Promise<UsageFile> {
  const { from, to, data } = await getUsage(db, asked, clock);
  const lines = [
    Object.keys(columns).join(","),
    ...data.map((bucket) =>
      Object.values(columns)
        .map((read) => csvCell(read(bucket) ?? ""))
        .join(","),
    ),
  ];
  return {
    filename: `agathaai-usage-${from.slice(0, 10)}-${to.slice(0, 10)}.csv`,
    content: `${lines.join("\r\n")}\r\n`,
  };
}

/**
 * RFC 4180. A text that a spreadsheet would run as a formula (a key may be named `=HYPERLINK(…)`) is kept one by a
 * leading apostrophe; numbers are ours and stay numbers.
 */
export function csvCell(value: string | number): string {
  if (typeof value === "number") return String(value);
  const plain = /^[\s]*[=+\-@\t\r]/.test(value) ? `'${value}` : value;
  return /[",\r\n]/.test(plain) ? `"${plain.replaceAll('"', '""')}"` : plain;
}
