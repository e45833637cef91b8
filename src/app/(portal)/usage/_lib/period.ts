import { DAY, HOUR, startOfMonth } from "@/shared/time";
import type { Interval, UsageSearch } from "./usage-search";

/** `from` is included, `to` is not. Both are edges of buckets, UTC. */
export interface Period {
  from: Date;
  to: Date;
}

const LONGEST_DAYS: Record<Interval, number> = { hour: 31, day: 400, month: 36 * 31 };
/** Shorter periods have too few months to compare. */
const SHORTEST_BY_MONTH_DAYS = 59;

const floorTo = (at: Date, size: number) => new Date(Math.floor(at.getTime() / size) * size);
const add = (at: Date, ms: number) => new Date(at.getTime() + ms);

/** The range's period, up to the end of the bucket that is still filling. */
function rangeOf({ range, from, to }: UsageSearch, now: Date): Period {
  const today = floorTo(now, DAY);
  const tomorrow = add(today, DAY);
  switch (range) {
    case "24h":
      return { from: add(floorTo(now, HOUR), -23 * HOUR), to: add(floorTo(now, HOUR), HOUR) };
    case "7d":
      return { from: add(today, -6 * DAY), to: tomorrow };
    case "month":
      return { from: startOfMonth(now, 0), to: tomorrow };
    case "90d":
      return { from: add(today, -89 * DAY), to: tomorrow };
    case "12m":
      return { from: startOfMonth(now, -11), to: startOfMonth(now, 1) };
    case "custom":
      if (from !== null && to !== null) return { from: new Date(from), to: add(new Date(to), DAY) };
      break;
    case "30d":
      break;
  }
  return { from: add(today, -29 * DAY), to: tomorrow };
}

/** The intervals that give a useful number of buckets. */
export function intervalsFor({ from, to }: Period): Interval[] {
  const days = (to.getTime() - from.getTime()) / DAY;
  const all: Interval[] = ["hour", "day", "month"];
  const fitting = all.filter(
    (interval) => days <= LONGEST_DAYS[interval] && (interval !== "month" || days >= SHORTEST_BY_MONTH_DAYS),
  );
  return fitting.length > 0 ? fitting : ["month"];
}

function ownInterval(period: Period, fitting: readonly Interval[]): Interval {
  const days = (period.to.getTime() - period.from.getTime()) / DAY;
  if (days <= 2) return "hour";
  if (days <= 120) return "day";
  return fitting.at(-1) ?? "month";
}

/** Widens to whole months, as the server does. */
function alignTo({ from, to }: Period, interval: Interval): Period {
  if (interval !== "month") return { from, to };
  const end = startOfMonth(to, 0);
  return { from: startOfMonth(from, 0), to: end < to ? startOfMonth(to, 1) : end };
}

export interface Cut {
  period: Period;
  interval: Interval;
  /** The other intervals on offer. */
  intervals: Interval[];
}

export function cutOf(search: UsageSearch, now: Date): Cut {
  const period = rangeOf(search, now);
  const fitting = intervalsFor(period);
  const wanted = search.interval;
  const interval = wanted !== null && fitting.includes(wanted) ? wanted : ownInterval(period, fitting);
  return { period: alignTo(period, interval), interval, intervals: fitting };
}

/** The period of the same length just before; whole months go back by whole months. */
export function previousOf({ from, to }: Period, interval: Interval, calendarMonth: boolean): Period {
  if (interval === "month") {
    const months = (to.getUTCFullYear() - from.getUTCFullYear()) * 12 + to.getUTCMonth() - from.getUTCMonth();
    return { from: startOfMonth(from, -months), to: from };
  }
  const length = to.getTime() - from.getTime();
  if (!calendarMonth) return { from: add(from, -length), to: from };
  // The same days of the previous month, as far as it has them.
  const start = startOfMonth(from, -1);
  return { from: start, to: new Date(Math.min(start.getTime() + length, from.getTime())) };
}

/** The first instant of every bucket. */
export function bucketsOf({ from, to }: Period, interval: Interval): string[] {
  const starts: string[] = [];
  for (let at = from; at < to; at = next(at, interval)) starts.push(at.toISOString());
  return starts;
}

function next(at: Date, interval: Interval): Date {
  if (interval === "month") return startOfMonth(at, 1);
  return add(at, interval === "day" ? DAY : HOUR);
}
