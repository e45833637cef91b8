import { formatShare } from "@/components/charts/bars";
import { Card } from "@/components/ui/card";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import type { Measures } from "../_lib/series";

interface Figure {
  name: string;
  value: string;
  note: string;
}

/** What the period's tokens were, and which requests no model of ours was billed for. */
export function TokenClasses({ totals }: { totals: Measures }) {
  const { input_tokens: input, output_tokens: output, requests } = totals;
  const figures: Figure[] = [
    { name: "Input tokens", value: formatCount(input), note: "Cached input and cache writes included" },
    {
      name: "Cached input",
      value: formatCount(totals.cached_input_tokens),
      note: `${formatShare(totals.cached_input_tokens, input)} of input`,
    },
    {
      name: "Cache writes",
      value: formatCount(totals.cache_write_tokens),
      note: `${formatShare(totals.cache_write_tokens, input)} of input`,
    },
    { name: "Output tokens", value: formatCount(output), note: "Reasoning included" },
    {
      name: "Reasoning",
      value: formatCount(totals.reasoning_tokens),
      note: `${formatShare(totals.reasoning_tokens, output)} of output`,
    },
    {
      name: "Answered from cache",
      value: formatCount(totals.cache_hits),
      note: `${formatShare(totals.cache_hits, requests)} of requests, at no cost`,
    },
  ];
  if (totals.byok_requests > 0) {
    figures.push(
      {
        name: "With your own keys",
        value: formatCount(totals.byok_requests),
        note: `${formatShare(totals.byok_requests, requests)} of requests, fee ${formatMoney(totals.byok_fee_micros)}`,
      },
      {
        name: "Billed by providers",
        value: formatMoney(totals.provider_cost_micros),
        note: "At their list prices, for your own keys",
      },
    );
  }
  return (
    <Card aria-label="Tokens by class" className="mt-4 min-w-0 p-4">
      <h2 className="font-medium">Tokens by class</h2>
      <dl className="mt-3 grid grid-cols-2 gap-x-6 gap-y-4 sm:grid-cols-3">
        {figures.map(({ name, value, note }) => (
          <div key={name}>
            <dt className="text-[13px] text-muted">{name}</dt>
            <dd className="num mt-0.5 font-medium">{value}</dd>
            <dd className="text-[13px] text-muted">{note}</dd>
          </div>
        ))}
      </dl>
    </Card>
  );
}
