import { formatCount } from "@/components/format/count";
import { formatMoney } from "@/components/format/money";
import { formatDuration } from "@/components/format/time";
import type { Result } from "./use-run";

/** Tokens, cost and latency, side by side. */
export function AnswerFacts({ result }: { result: Result }) {
  const { usage, cost_micros, created_at, completed_at } = result;
  const facts: [string, string][] = [
    ...(usage
      ? ([
          ["Input", formatCount(usage.input_tokens)],
          ["Output", formatCount(usage.output_tokens)],
        ] satisfies [string, string][])
      : []),
    ...(cost_micros === null ? [] : ([["Cost", formatMoney(cost_micros)]] satisfies [string, string][])),
    ...(completed_at
      ? ([["Time", formatDuration(Date.parse(completed_at) - Date.parse(created_at))]] satisfies [
          string,
          string,
        ][])
      : []),
  ];
  if (facts.length === 0) return null;
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-3 border-t pt-4 sm:grid-cols-4">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt className="text-[13px] text-muted">{term}</dt>
          <dd className="num font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
