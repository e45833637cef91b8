import { HOUR } from "../platform/clock";

/**
 * Plain arithmetic: what was used so far, stretched over the whole month. In its first hour a month says nothing yet,
 * and what was used stands for itself.
 */
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
