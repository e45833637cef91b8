import { AppError, DAY, HOUR, startOfMonth } from "../../platform";
import type { UsageInterval, UsageQuery } from "../schemas";

const DEFAULT_DAYS = 30;
const MAX_MONTHS = 36;
const longest: Record<UsageInterval, { text: string; end: (from: Date) => Date }> = {
  hour: { text: "31 days", end: (from) => new Date(from.getTime() + 31 * DAY) },
  day: { text: "400 days", end: (from) => new Date(from.getTime() + 400 * DAY) },
  month: { text: `${MAX_MONTHS} months`, end: (from) => addMonths(from, MAX_MONTHS) },
};

export interface UsageRange {
  from: Date;
  to: Date;
}

/**
 * The UTC buckets a query covers: the start rounded down, the end rounded up.
 * @throws AppError `invalid_request`, param `from`, when the range is empty or too long for its interval.
 */
export function usageRange({ from, to, interval }: UsageQuery, now: Date): UsageRange {
  const end = to === undefined ? now : new Date(to);
  const start = from === undefined ? new Date(end.getTime() - DEFAULT_DAYS * DAY) : new Date(from);
  if (start >= end) throw badRange("from must be before to.");
  if (end > longest[interval].end(start)) {
    throw badRange(
      `from must be at most ${longest[interval].text} before to with interval=${interval}. Ask for a shorter time or a wider interval.`,
    );
  }
  const last = floor(end, interval);
  return { from: floor(start, interval), to: last < end ? next(last, interval) : last };
}

function floor(at: Date, interval: UsageInterval): Date {
  if (interval === "month") return startOfMonth(at);
  const width = interval === "hour" ? HOUR : DAY;
  return new Date(Math.floor(at.getTime() / width) * width);
}

function next(start: Date, interval: UsageInterval): Date {
  if (interval === "month") return addMonths(start, 1);
  return new Date(start.getTime() + (interval === "hour" ? HOUR : DAY));
}

/** As in PostgreSQL: the 31st of a shorter month is its last day. */
function addMonths(at: Date, months: number): Date {
  const moved = new Date(at);
  moved.setUTCDate(1);
  moved.setUTCMonth(moved.getUTCMonth() + months);
  const lastDay = new Date(Date.UTC(moved.getUTCFullYear(), moved.getUTCMonth() + 1, 0)).getUTCDate();
  moved.setUTCDate(Math.min(at.getUTCDate(), lastDay));
  return moved;
}

function badRange(message: string): AppError {
  return new AppError("invalid_request", { public: message, param: "from" });
}
