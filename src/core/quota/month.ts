import { toDay } from "../../shared/time";
import { startOfMonth } from "../platform/clock";

/** The UTC calendar month that holds `at`, as its first day: `2026-11-01`. Requests count where they were accepted. */
export function monthOf(at: Date): string {
  return toDay(startOfMonth(at));
}

/** The instant at which the quota of that month ends and the next begins. */
export function endOfMonth(at: Date): Date {
  return startOfMonth(at, 1);
}
