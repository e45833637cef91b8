import { formatCompact, formatCount } from "@/shared/format/count";
import { formatMoney } from "@/shared/format/money";
import { DAY } from "@/shared/time";
import type { Period } from "./period";
import type { EndStatus, Environment, Group, Interval, Metric, Range } from "./usage-search";

export const rangeNames: Record<Range, string> = {
  "24h": "Last 24 hours",
  "7d": "Last 7 days",
  "30d": "Last 30 days",
  month: "This month",
  "90d": "Last 90 days",
  "12m": "Last 12 months",
  custom: "Custom range",
};
export const previousNames: Record<Range, string> = {
  "24h": "Previous 24 hours",
  "7d": "Previous 7 days",
  "30d": "Previous 30 days",
  month: "Same days last month",
  "90d": "Previous 90 days",
  "12m": "Previous 12 months",
  custom: "Previous period",
};
export const intervalNames: Record<Interval, string> = { hour: "By hour", day: "By day", month: "By month" };
export const groupNames: Record<Group, string> = {
  model: "By model",
  api_key: "By key",
  member: "By member",
  status: "By status",
  endpoint: "By endpoint",
};
export const groupColumn: Record<Group, string> = {
  model: "Model",
  api_key: "Key",
  member: "Member",
  status: "Status",
  endpoint: "Endpoint",
};
export const metricNames: Record<Metric, string> = { tokens: "Tokens", requests: "Requests", cost: "Cost" };
export const environmentNames: Record<Environment, string> = { live: "Live", test: "Test", all: "Both" };
export const statusNames: Record<EndStatus, string> = {
  completed: "Completed",
  failed: "Failed",
  cancelled: "Canceled",
};

export const formatMetric: Record<Metric, (value: number) => string> = {
  tokens: formatCount,
  requests: formatCount,
  cost: formatMoney,
};

/** Short, for an axis. */
export const formatMetricTick: Record<Metric, (value: number) => string> = {
  tokens: formatCompact,
  requests: formatCompact,
  cost: (micros) => `$${formatAxisDollars(micros / 1_000_000)}`,
};

function formatAxisDollars(dollars: number): string {
  if (dollars >= 1_000) return formatCompact(dollars);
  return dollars === 0 ? "0" : String(Number(dollars.toPrecision(2)));
}

export const lowerFirst = (text: string) => text.charAt(0).toLowerCase() + text.slice(1);

const utc = (options: Intl.DateTimeFormatOptions) =>
  new Intl.DateTimeFormat("en-US", { ...options, timeZone: "UTC" });
const hourTick = utc({ hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
const dayTick = utc({ month: "short", day: "numeric" });
const monthTick = utc({ month: "short", year: "numeric" });
const hourExact = utc({
  month: "short",
  day: "numeric",
  hour: "2-digit",
  minute: "2-digit",
  hourCycle: "h23",
});
const dayExact = utc({ weekday: "short", month: "short", day: "numeric", year: "numeric" });
const monthExact = utc({ month: "long", year: "numeric" });
const day = utc({ month: "short", day: "numeric", year: "numeric" });

export function formatStart(interval: Interval): (start: string) => string {
  const format = { hour: hourExact, day: dayExact, month: monthExact }[interval];
  return (start) => format.format(new Date(start));
}

/** Over more than two days, hours are labeled by their day. */
export function formatStartTick(interval: Interval, { from, to }: Period): (start: string) => string {
  const manyDays = to.getTime() - from.getTime() > 2 * DAY;
  const format = { hour: manyDays ? dayTick : hourTick, day: dayTick, month: monthTick }[interval];
  return (start) => format.format(new Date(start));
}

/** "Oct 25 – Nov 23, 2026, UTC". Not by `formatRange`, whose spaces differ between JavaScript engines. */
export function formatPeriod({ from, to }: Period): string {
  const last = new Date(to.getTime() - 1);
  const end = day.format(last);
  if (end === day.format(from)) return `${end}, UTC`;
  const sameYear = from.getUTCFullYear() === last.getUTCFullYear();
  return `${(sameYear ? dayTick : day).format(from)} – ${end}, UTC`;
}
