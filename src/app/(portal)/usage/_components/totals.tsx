import type { ReactNode } from "react";
import { formatShare } from "@/components/charts/bars";
import { formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { formatDuration } from "@/shared/format/time";
import { changeOf, type Measures } from "../_lib/series";

interface TotalsProps {
  totals: Measures;
  previous: Measures | undefined;
}

/** The period's totals, compared with the previous period. */
export function Totals({ totals, previous }: TotalsProps) {
  const { latency_ms } = totals;
  const change = (read: (measures: Measures) => number) =>
    previous === undefined ? null : changeOf(read(totals), read(previous));
  const figures: { name: string; value: ReactNode; note: ReactNode }[] = [
    { name: "Requests", value: formatCount(totals.requests), note: change(({ requests }) => requests) },
    { name: "Tokens", value: formatCount(totals.total_tokens), note: change((m) => m.total_tokens) },
    { name: "Cost", value: formatMoney(totals.cost_micros), note: change(({ cost_micros }) => cost_micros) },
    {
      name: "Error rate",
      value: totals.requests === 0 ? "–" : formatShare(totals.failed, totals.requests),
      note: totals.requests === 0 ? null : `${formatCount(totals.failed)} failed`,
    },
    {
      name: "Latency, median",
      value: latency_ms === null ? "–" : formatDuration(latency_ms.p50),
      note: latency_ms === null ? null : `95% within ${formatDuration(latency_ms.p95)}`,
    },
  ];
  return (
    <dl className="mb-4 grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line sm:grid-cols-3 lg:grid-cols-5">
      {figures.map(({ name, value, note }) => (
        <div key={name} className="bg-surface p-4 last:max-lg:sm:col-span-2 last:max-sm:col-span-2">
          <dt className="text-[13px] text-muted">{name}</dt>
          <dd className="num mt-1 truncate font-semibold text-xl tracking-tight">{value}</dd>
          <dd className="mt-0.5 min-h-5 text-[13px] text-muted">{note}</dd>
        </div>
      ))}
    </dl>
  );
}
