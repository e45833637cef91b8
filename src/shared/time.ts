import type { Reading } from "./count";

/** Milliseconds. */
export const SECOND = 1_000;
export const MINUTE = 60 * SECOND;
export const HOUR = 60 * MINUTE;
export const DAY = 24 * HOUR;

/** The range of times that every store can hold. */
const FIRST = Date.UTC(2000, 0, 1);
const LAST = Date.UTC(2200, 0, 1);
export const TIMES_WE_KEEP = "must lie between the years 2000 and 2199";

export function isTimeWeKeep(at: Date): boolean {
  return at.getTime() >= FIRST && at.getTime() < LAST;
}

const CALENDAR_DAY = /^\d{4}-\d{2}-\d{2}$/;

/** Whether the text is a calendar day: "2026-11-23", but not "2026-02-30". */
export function isDay(text: string | null): text is string {
  if (text === null || !CALENDAR_DAY.test(text)) return false;
  const at = new Date(text);
  return isTimeWeKeep(at) && toDay(at) === text;
}

/** The day in UTC: "2026-11-23". */
export function toDay(at: Date): string {
  return at.toISOString().slice(0, 10);
}

/** The first moment of a day in UTC. */
export function startOfDay(day: string): Date {
  return new Date(`${day}T00:00:00Z`);
}

/** The end of a UTC day: the first moment of the next. */
export function endOfDay(day: string): Date {
  return new Date(startOfDay(day).getTime() + DAY);
}

/** The first moment of the UTC day of `at`. */
export function floorToDay(at: Date): Date {
  return new Date(Math.floor(at.getTime() / DAY) * DAY);
}

/** The first moment of the UTC calendar month of `at`, or of the month `offset` months later. */
export function startOfMonth(at: Date, offset = 0): Date {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + offset, 1));
}

/** The end of a day on the reader's own clock, where a day may have 23 or 25 hours. */
export function endOfLocalDay(day: string): Date {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  return new Date(year, month - 1, date + 1);
}

/** The end of a typed last day, in the zone that the form names. */
export function readLastDay(text: string, zone: "UTC" | "local", now: Date): Reading<Date> {
  if (!isDay(text)) return { problem: "Choose a day." };
  const end = zone === "UTC" ? endOfDay(text) : endOfLocalDay(text);
  return end > now ? { value: end } : { problem: "Choose a day from today on." };
}

/** Two UTC days, both included. */
export function readDayRange(
  first: string,
  last: string,
  { longestDays }: { longestDays: number },
): Reading<{ from: Date; to: Date }> {
  if (!isDay(first) || !isDay(last)) return { problem: "Choose both days." };
  const [from, to] = [startOfDay(first), endOfDay(last)];
  if (to <= from) return { problem: "The last day is before the first." };
  return (to.getTime() - from.getTime()) / DAY > longestDays
    ? { problem: `Choose at most ${longestDays.toLocaleString("en-US")} days.` }
    : { value: { from, to } };
}

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
const minuteOptions = {
  month: "short",
  day: "numeric",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;
const minuteUtc = new Intl.DateTimeFormat("en-US", { ...minuteOptions, timeZone: "UTC" });

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

/** The last day before an end: "December 31, 2026" for midnight of January 1. */
export function formatLastDay(end: Date): string {
  return formatDay(new Date(end.getTime() - 1));
}

/** An end on both clocks: "Feb 1, 2027, 00:00 GMT+1, which is Jan 31, 2027, 23:00 UTC". */
export function formatEnd(end: Date): string {
  const utc = `${minuteUtc.format(end)} UTC`;
  if (end.getTimezoneOffset() === 0) return utc;
  const local = new Intl.DateTimeFormat("en-US", { ...minuteOptions, timeZoneName: "short" });
  return `${local.format(end)}, which is ${utc}`;
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
