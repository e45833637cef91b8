import { setTimeout as sleep } from "node:timers/promises";
import { backoff } from "@agathaai/core/platform/backoff";
import type { Log } from "@agathaai/core/platform/observability/log";

const FIRST_PAUSE_MS = 100;
const LONGEST_PAUSE_MS = 3_000;

/**
 * Repeats a settling write while the database is away. An answer in hand has been paid for: letting go at the first
 * error would buy it again. Safe to repeat, because settling is conditional on the lease and happens once.
 * @param until when the lease ends; after it another worker may hold the request. Epoch milliseconds.
 * @throws the last error.
 */
export async function persist<T>(
  write: () => Promise<T>,
  { until, log }: { until: number; log: Log },
): Promise<T> {
  for (let attempt = 0; ; attempt += 1) {
    try {
      return await write();
    } catch (error) {
      const pause = { baseMs: FIRST_PAUSE_MS, capMs: LONGEST_PAUSE_MS };
      if (Date.now() + backoff(attempt, pause) >= until) throw error;
      log.warn({ err: error }, "write repeated");
      await sleep(backoff(attempt, { ...pause, jitter: "equal" }));
    }
  }
}
