import { DAY } from "../../platform/clock";
import type { Db } from "../../platform/db/client";

/** SPEC §4.3: soft at once, hard after thirty days. */
const KEPT_DAYS = 30;
const ROWS_A_STATEMENT = 1_000;

/** Removes the rows of requests deleted thirty days ago, in short statements. Returns how many. */
export async function purgeDeletedRequests(
  db: Db,
  { now, signal }: { now: Date; signal?: AbortSignal },
): Promise<number> {
  const before = new Date(now.getTime() - KEPT_DAYS * DAY).toISOString();
  let purged = 0;
  for (
    let count = ROWS_A_STATEMENT;
    count === ROWS_A_STATEMENT && signal?.aborted !== true;
    purged += count
  ) {
    count = await db.$executeRaw`
      DELETE FROM inference_requests WHERE (id, created_at) IN (
        SELECT id, created_at FROM inference_requests
        WHERE deleted_at IS NOT NULL AND deleted_at <= ${before}::timestamptz
        LIMIT ${ROWS_A_STATEMENT} FOR UPDATE SKIP LOCKED
      )`;
  }
  return purged;
}
