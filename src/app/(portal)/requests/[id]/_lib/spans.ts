import type { RequestDetail } from "../../_lib/types";

type Entry = RequestDetail["timeline"][number];

/** A wait or one attempt. */
export interface Span {
  kind: "wait" | "attempt";
  label: string;
  /** How an attempt ended; absent for a wait, and while it runs. */
  outcome?: NonNullable<Entry["outcome"]>;
  errorCode?: string;
  startMs: number;
  /** Now, if it still runs. */
  endMs: number;
  open: boolean;
}

export interface Waterfall {
  /** From acceptance to the end, or to now. */
  totalMs: number;
  spans: Span[];
}

/** Turns the timeline into waits and attempts, without gaps from acceptance on. */
export function toWaterfall(
  { timeline, created_at, completed_at }: Pick<RequestDetail, "timeline" | "created_at" | "completed_at">,
  now: number,
): Waterfall {
  const start = Date.parse(created_at);
  const end = completed_at === null ? Math.max(now, start) : Date.parse(completed_at);
  const at = (iso: string) => Math.min(Math.max(Date.parse(iso) - start, 0), end - start);
  const totalMs = end - start;
  const spans: Span[] = [];
  let reached = 0;
  const wait = (until: number, open: boolean) => {
    if (until <= reached && !open) return;
    const label = spans.some(({ kind }) => kind === "attempt") ? "Waited to retry" : "Queued";
    spans.push({ kind: "wait", label, startMs: reached, endMs: until, open });
  };
  for (const { event, attempt, at: began } of timeline) {
    if (event !== "attempt_started" || attempt === undefined) continue;
    const startMs = at(began);
    wait(startMs, false);
    const ended = timeline.find((entry) => entry.event === "attempt_ended" && entry.attempt === attempt);
    const endMs = ended ? at(ended.at) : totalMs;
    spans.push({
      kind: "attempt",
      label: `Attempt ${attempt}`,
      ...(ended?.outcome && { outcome: ended.outcome }),
      ...(ended?.error_code && { errorCode: ended.error_code }),
      startMs,
      endMs,
      open: ended === undefined && completed_at === null,
    });
    reached = endMs;
  }
  const last = spans.at(-1);
  if (completed_at === null && !last?.open) wait(totalMs, true);
  else if (last === undefined) wait(totalMs, false);
  return { totalMs, spans };
}
