import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";

const BATCH = 5_000;

/** Removes the counters of windows that no decision reads any more, in short statements. Returns how many. */
export async function deleteExpiredBuckets(db: Db, clock: Clock = systemClock): Promise<number> {
  let deleted = 0;
  for (;;) {
    const batch = await db.$executeRaw`
      DELETE FROM rate_limit_buckets WHERE (key, window_start) IN (
        SELECT key, window_start FROM rate_limit_buckets
        WHERE expires_at < ${clock.now()} ORDER BY expires_at LIMIT ${BATCH} FOR UPDATE SKIP LOCKED
      )`;
    deleted += batch;
    if (batch < BATCH) return deleted;
  }
}
