"use client";

import { useEffect, useState } from "react";
import { cn } from "@/components/cn";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import { formatDuration, formatExactUtc } from "@/shared/format/time";
import { isLive } from "../../../_components/request-status";
import type { RequestDetail } from "../../_lib/types";
import { type Span, toWaterfall, type Waterfall } from "../_lib/spans";

type Entry = RequestDetail["timeline"][number];

const events: Partial<Record<Entry["event"], string>> = {
  accepted: "Accepted",
  queued: "Sent to the queue",
  cancel_requested: "Cancellation requested",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Canceled",
};

const outcomes: Record<NonNullable<Entry["outcome"]>, string> = {
  running: "running",
  completed: "completed",
  retry: "failed, will retry",
  failed: "failed for good",
  cancelled: "canceled",
  handed_back: "handed to another worker",
  lease_expired: "worker lost",
};

const bars: Partial<Record<NonNullable<Entry["outcome"]>, string>> = {
  completed: "bg-accent",
  retry: "bg-attention",
  failed: "bg-danger",
  lease_expired: "bg-attention",
};

const TICK_MS = 200;

/** Waits and attempts drawn to scale, then the events with their times. */
export function Timeline({ request }: { request: RequestDetail }) {
  const now = useNow(isLive(request.status));
  const waterfall = toWaterfall(request, now);
  const moments = request.timeline.filter(({ event }) => events[event] !== undefined);
  return (
    <Card>
      <CardHeader>
        <CardTitle>Timeline</CardTitle>
        <span className="num text-[13px] text-muted">{formatDuration(waterfall.totalMs)}</span>
      </CardHeader>
      <CardBody className="grid gap-4">
        <ol aria-label="Where the time went" className="grid gap-2.5">
          {waterfall.spans.map((span) => (
            <SpanRow key={`${span.label} ${span.startMs}`} span={span} waterfall={waterfall} />
          ))}
        </ol>
        <ol aria-label="Events" className="grid gap-1 border-t pt-3 text-[13px]">
          {moments.map(({ at, event, error_code }) => (
            <li key={event} className="flex justify-between gap-3">
              <span className="min-w-0 text-muted">
                {events[event]}
                {error_code && (
                  <>
                    {" "}
                    <code className="break-all">{error_code}</code>
                  </>
                )}
              </span>
              <time dateTime={at} title={formatExactUtc(new Date(at))} className="shrink-0">
                +{formatDuration(Date.parse(at) - Date.parse(request.created_at))}
              </time>
            </li>
          ))}
        </ol>
      </CardBody>
    </Card>
  );
}

function SpanRow({ span, waterfall }: { span: Span; waterfall: Waterfall }) {
  const { kind, label, outcome, errorCode, startMs, endMs, open } = span;
  const share = (ms: number) => `${waterfall.totalMs === 0 ? 0 : (100 * ms) / waterfall.totalMs}%`;
  const note = [
    outcome ? outcomes[outcome] : open && kind === "attempt" ? "running" : null,
    errorCode,
  ].filter(Boolean);
  return (
    <li className="grid gap-1">
      <span className="flex items-baseline justify-between gap-3">
        <span className="min-w-0">
          {label}
          {note.length > 0 && <span className="text-[13px] text-muted"> {note.join(", ")}</span>}
        </span>
        <span className="num shrink-0 text-[13px] text-muted">{formatDuration(endMs - startMs)}</span>
      </span>
      <span aria-hidden="true" className="relative block h-1.5 overflow-hidden rounded-full bg-sunken">
        <span
          className={cn(
            "absolute inset-y-0 min-w-0.5 rounded-full",
            kind === "wait" ? "bg-edge" : ((outcome && bars[outcome]) ?? "bg-edge"),
            open && "bg-accent motion-safe:animate-pulse",
          )}
          style={{ left: share(startMs), width: share(endMs - startMs) }}
        />
      </span>
    </li>
  );
}

/** The current time, ticking while the request runs. */
function useNow(moving: boolean): number {
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    if (!moving) return;
    const timer = setInterval(() => setNow(Date.now()), TICK_MS);
    return () => clearInterval(timer);
  }, [moving]);
  return now;
}
