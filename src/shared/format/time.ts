const units = [
  ["year", 31_536_000],
  ["month", 2_592_000],
  ["week", 604_800],
  ["day", 86_400],
  ["hour", 3_600],
  ["minute", 60],
] as const;

const relative = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
const exact = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "long" });
const exactUtc = new Intl.DateTimeFormat("en-US", {
  dateStyle: "medium",
  timeStyle: "long",
  timeZone: "UTC",
});
const dateUtc = new Intl.DateTimeFormat("en-US", { dateStyle: "long", timeZone: "UTC" });
const monthDayUtc = new Intl.DateTimeFormat("en-US", { month: "long", day: "numeric", timeZone: "UTC" });

/** "2 minutes ago", "in 3 days"; within a minute, "just now" or "in a moment". */
export function formatRelative(time: Date, now: Date): string {
  const seconds = (time.getTime() - now.getTime()) / 1000;
  for (const [unit, size] of units) {
    // Future times are rounded: a 24-hour grace period that has just begun is "in 24 hours", not 23.
    const count = seconds > 0 ? Math.round(seconds / size) : Math.trunc(seconds / size);
    if (Math.abs(seconds) >= size) return relative.format(count, unit);
  }
  return seconds > 5 ? "in a moment" : "just now";
}

/** In the reader's time zone, with its name: "Nov 23, 2026, 5:04:09 AM GMT+1". */
export function formatExact(time: Date): string {
  return exact.format(time);
}

export function formatExactUtc(time: Date): string {
  return exactUtc.format(time);
}

/** "December 1, 2026" in UTC, for days of ours. */
export function formatDay(time: Date): string {
  return dateUtc.format(time);
}

/** "December 1", in UTC. */
export function formatMonthDay(time: Date): string {
  return monthDayUtc.format(time);
}

/** A duration for people: "640 ms", "2.4 s", "3 min 5 s", "2 h 10 min". */
export function formatDuration(ms: number): string {
  if (ms < 999.5) return `${Math.max(0, Math.round(ms))} ms`;
  if (ms < 59_950) return `${(ms / 1000).toFixed(ms < 10_000 ? 2 : 1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 3600) return pair(Math.floor(seconds / 60), "min", seconds % 60, "s");
  const minutes = Math.round(seconds / 60);
  return pair(Math.floor(minutes / 60), "h", minutes % 60, "min");
}

const pair = (whole: number, unit: string, rest: number, restUnit: string) =>
  rest === 0 ? `${whole} ${unit}` : `${whole} ${unit} ${rest} ${restUnit}`;
