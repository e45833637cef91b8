import { formatCount } from "@/shared/count";
import { formatMoney } from "@/shared/money";
import { formatDuration } from "@/shared/time";
import type { Result } from "../_lib/use-runs";

const unknown = "–";

/** Tokens, cost and latency, side by side. There from the start, so that nothing moves when they come. */
export function AnswerFacts({ result }: { result: Result | undefined }) {
  const { usage = null, cost_micros = null, created_at, completed_at } = result ?? {};
  const took = created_at && completed_at ? Date.parse(completed_at) - Date.parse(created_at) : null;
  const facts: [string, string][] = [
    ["Input", usage ? formatCount(usage.input_tokens) : unknown],
    ["Output", usage ? formatCount(usage.output_tokens) : unknown],
    ["Cost", cost_micros === null ? unknown : formatMoney(cost_micros)],
    ["Time", took === null ? unknown : formatDuration(took)],
  ];
  return (
    <dl className="grid grid-cols-2 gap-x-4 gap-y-2 border-t pt-3 @sm:grid-cols-4">
      {facts.map(([term, value]) => (
        <div key={term}>
          <dt className="text-[13px] text-muted">{term}</dt>
          <dd className="num font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
