import { cn } from "@/components/cn";
import { formatExactUtc } from "@/components/format/time";
import { Card, CardBody, CardHeader, CardTitle } from "@/components/ui/card";
import type { Detail } from "./detail";

type Entry = Detail["timeline"][number];

const events: Record<Entry["event"], string> = {
  accepted: "Accepted",
  queued: "Queued",
  attempt_started: "Sent to the provider",
  attempt_ended: "Provider's turn ended",
  cancel_requested: "Cancel asked for",
  completed: "Completed",
  failed: "Failed",
  cancelled: "Cancelled",
};

const outcomes: Partial<Record<NonNullable<Entry["outcome"]>, string>> = {
  completed: "with an answer",
  retry: "to be tried again",
  failed: "for good",
  cancelled: "cancelled",
  handed_back: "handed to another worker",
  lease_expired: "its worker was lost",
};

const dots: Partial<Record<Entry["event"], string>> = {
  completed: "border-good bg-good",
  failed: "border-danger bg-danger",
  cancelled: "border-edge bg-edge",
};

/** "+0.42 s": how long after the request was accepted. */
function offset(at: string, start: string): string {
  const ms = Math.max(0, Date.parse(at) - Date.parse(start));
  return ms < 1000 ? `+${ms} ms` : `+${(ms / 1000).toFixed(2)} s`;
}

export function Timeline({ request: { timeline, created_at } }: { request: Detail }) {
  return (
    <Card>
      <CardHeader>
        <CardTitle>Timeline</CardTitle>
      </CardHeader>
      <CardBody>
        <ol>
          {timeline.map((entry, index) => {
            const notes = [
              entry.attempt !== undefined &&
                (entry.event === "attempt_started" ? `attempt ${entry.attempt}` : null),
              entry.outcome && outcomes[entry.outcome],
              entry.error_code,
            ].filter(Boolean);
            return (
              // biome-ignore lint/suspicious/noArrayIndexKey: a timeline only grows at its end
              <li key={index} className="group relative flex gap-3 pb-3 last:pb-0">
                <span
                  className="absolute top-3 bottom-0 left-[4.5px] w-px bg-line group-last:hidden"
                  aria-hidden="true"
                />
                <span
                  className={cn(
                    "relative mt-1.5 size-2.5 shrink-0 rounded-full border-2 border-accent bg-surface",
                    dots[entry.event],
                  )}
                  aria-hidden="true"
                />
                <span className="min-w-0 flex-1">
                  {events[entry.event]}
                  {notes.length > 0 && (
                    <span className="block text-[13px] text-muted">{notes.join(", ")}</span>
                  )}
                </span>
                <time
                  dateTime={entry.at}
                  title={formatExactUtc(new Date(entry.at))}
                  className="shrink-0 text-[13px] text-muted"
                >
                  {offset(entry.at, created_at)}
                </time>
              </li>
            );
          })}
        </ol>
      </CardBody>
    </Card>
  );
}
