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
 * Milliseconds until the next attempt after `failed` attempts; undefined after the last. Shorter by up to a tenth, so
 * that deliveries that failed together are not retried together; longer ones would pass the three days.
 */
export function pauseAfter(failed: number, random = Math.random()): number | undefined {
  const pause = pauses[failed - 1];
  return pause === undefined ? undefined : Math.round(pause * (0.9 + random / 10));
}
