import { DAY, HOUR } from "../platform";
import type { UsageBucket } from "../usage";
import type { OverviewDay } from "./schemas";

/** One entry per UTC day from `from` on, oldest first. Days without requests are zero and have no latency. */
export function fillDays({
  from,
  count,
  buckets,
}: {
  from: Date;
  count: number;
  buckets: readonly UsageBucket[];
}): OverviewDay[] {
  const byStart = new Map(buckets.map((bucket) => [Date.parse(bucket.start), bucket]));
  return Array.from({ length: count }, (_, day) => {
    const at = from.getTime() + day * DAY;
    const bucket = byStart.get(at);
    return {
      start: new Date(at).toISOString(),
      requests: bucket?.requests ?? 0,
      failed: bucket?.failed ?? 0,
      cost_micros: bucket?.cost_micros ?? 0,
      latency_p50_ms: bucket?.latency_ms?.p50 ?? null,
      latency_p95_ms: bucket?.latency_ms?.p95 ?? null,
    };
  });
}

/** The month's usage so far, extrapolated linearly. In the month's first hour it is returned as it is. */
export function projectMonthEnd({
  used,
  start,
  end,
  now,
}: {
  used: number;
  start: Date;
  end: Date;
  now: Date;
}): number {
  const passed = now.getTime() - start.getTime();
  const whole = end.getTime() - start.getTime();
  if (passed < HOUR || passed >= whole) return used;
  return Math.max(used, Math.round((used * whole) / passed));
}
