import { HOUR, MINUTE, SECOND } from "../../platform";

/** The pauses before the retries, in order: eleven attempts within three days. */
const pauses = [
  5 * SECOND,
  MINUTE,
  5 * MINUTE,
  30 * MINUTE,
  2 * HOUR,
  5 * HOUR,
  10 * HOUR,
  14 * HOUR,
  20 * HOUR,
  20 * HOUR,
] as const;

export const ATTEMPTS = pauses.length + 1;

/**
 * Milliseconds until the next attempt after `failed` attempts, a tenth more or less, so that what failed together does not
 * come back together; undefined after the last.
 */
export function pauseAfter(failed: number, random = Math.random()): number | undefined {
  const pause = pauses[failed - 1];
  return pause === undefined ? undefined : Math.round(pause * (0.9 + random / 5));
}
