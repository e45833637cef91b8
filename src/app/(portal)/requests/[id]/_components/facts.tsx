import { providerName } from "@/components/format/provider";
import { ExactTime, RelativeTime } from "@/components/format/relative-time";
import { formatDuration } from "@/shared/time";
import { type Fact, FactCard } from "../../../_components/fact-card";
import type { Detail } from "../_lib/detail";

/** When, where and how long. */
export function Facts({ request }: { request: Detail }) {
  const { provider, served_by, created_at, latency_ms, finish_reason, trace_id } = request;
  const facts: Fact[] = [
    [
      "Sent",
      <span key="sent" className="grid">
        <RelativeTime iso={created_at} />
        <ExactTime iso={created_at} className="text-[13px] text-muted" />
      </span>,
    ],
    ["Duration", latency_ms === null ? "Not finished" : formatDuration(latency_ms)],
    ["Provider", providerName(provider)],
    ["Served by", <code key="by">{served_by}</code>],
    ...(finish_reason ? ([["Finish reason", <code key="why">{finish_reason}</code>]] satisfies Fact[]) : []),
    ["Trace ID", <code key="trace">{trace_id}</code>],
  ];
  return <FactCard facts={facts} />;
}
