import Link from "next/link";
import type { ReactNode } from "react";
import { formatShare } from "@/components/charts/bars";
import { SparkBars, SparkLine } from "@/components/charts/sparkline";
import { countOf, formatCount, formatTokens } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { formatDuration } from "@/shared/format/time";
import type { Overview } from "../_lib/quota-labels";

interface Figure {
  name: string;
  value: ReactNode;
  note: ReactNode;
  spark: ReactNode;
  href: string;
  tooltip?: string;
}

/** Four figures, each with its last two weeks and the page that says more. */
export function Figures({ overview: { month, today, days, window, quota } }: { overview: Overview }) {
  const requests = days.map((day) => day.requests);
  const costs = days.map(({ cost_micros }) => cost_micros);
  const failures = days.map(({ failed }) => failed);
  const medians = days.map(({ latency_p50_ms }) => latency_p50_ms);
  const slowest = days.map(({ latency_p95_ms }) => latency_p95_ms);
  const known = slowest.filter((latency) => latency !== null);
  const figures: Figure[] = [
    {
      name: "Model cost this month",
      value: formatMoney(month.cost_micros),
      note: countOf(month.requests, "request"),
      spark: (
        <SparkBars
          values={costs}
          label={`Model cost per day, 14 days: up to ${formatMoney(Math.max(...costs))}`}
        />
      ),
      href: "/usage?range=month&metric=cost",
      tooltip:
        quota.limit === null
          ? "Included in your plan"
          : `Included in your plan up to ${formatTokens(quota.limit)}`,
    },
    {
      name: "Requests today",
      value: formatCount(today.requests),
      note: `${formatCount(window.requests)} in 14 days`,
      spark: (
        <SparkBars
          values={requests}
          label={`Requests per day, 14 days: up to ${formatCount(Math.max(...requests))}`}
        />
      ),
      href: "/usage?range=24h&metric=requests",
    },
    {
      name: "Error rate, 14 days",
      value: window.requests === 0 ? "–" : formatShare(window.failed, window.requests),
      note: window.requests === 0 ? "No requests yet" : `${formatCount(window.failed)} failed`,
      spark: (
        <SparkBars
          values={failures}
          label={`Failed requests per day, 14 days: up to ${formatCount(Math.max(...failures))}`}
        />
      ),
      href: "/requests?status=failed",
    },
    {
      name: "Median latency, 14 days",
      value: window.latency_ms === null ? "–" : formatDuration(window.latency_ms.p50),
      note:
        window.latency_ms === null
          ? "No requests yet"
          : `95% within ${formatDuration(window.latency_ms.p95)}`,
      spark: (
        <SparkLine
          values={medians}
          above={slowest}
          label={
            known.length === 0
              ? "Latency per day, 14 days: none"
              : `Latency per day, 14 days: the median, and above it what 95% stayed within, up to ${formatDuration(Math.max(...known))}`
          }
        />
      ),
      href: "/usage",
    },
  ];
  return (
    <ul className="grid grid-cols-2 gap-px overflow-hidden rounded-lg border bg-line">
      {figures.map(({ name, value, note, spark, href, tooltip }) => (
        <li key={name} className="relative flex flex-col bg-surface p-4 has-[a:hover]:bg-sunken/60">
          <h2 className="text-[13px] text-muted">
            <Link href={href} title={tooltip} className="after:absolute after:inset-0">
              {name}
            </Link>
          </h2>
          <p className="num mt-1 truncate font-semibold text-xl tracking-tight sm:text-2xl">{value}</p>
          <div className="mt-auto flex flex-wrap items-end justify-between gap-x-3 gap-y-2 pt-2">
            <p className="text-balance text-[13px] text-muted">{note}</p>
            {spark}
          </div>
        </li>
      ))}
    </ul>
  );
}
