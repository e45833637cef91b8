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
