import { formatDay } from "../format/time";
import { DAY, endOfDay, isDay, startOfDay } from "../time";
import type { Reading } from "./reading";

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

const minuteOptions = {
  month: "short",
  day: "numeric",
  year: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
} as const;
const minuteUtc = new Intl.DateTimeFormat("en-US", { ...minuteOptions, timeZone: "UTC" });

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
