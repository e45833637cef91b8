import type { Db } from "../../platform/db/client";
import { closedAttempts, isRequest } from "../sql";
import { holdsLease } from "./end-request";
import { finishCancelled } from "./finish-cancelled";
import type { Lease } from "./lease";

/**
 * Puts a request back in the queue at shutdown. The attempt is not counted: `max_attempts` grows by one instead of
 * `attempts` shrinking, so attempt numbers never repeat and still tell leases apart.
 */
export async function releaseRequest(db: Db, { job }: { job: Lease }): Promise<{ released: boolean }> {
  const released = await db.$executeRaw`
    UPDATE inference_requests SET
      status = 'queued',
      lease_owner = NULL,
      lease_expires_at = NULL,
      next_attempt_at = now(),
      max_attempts = max_attempts + 1,
      attempt_log = ${closedAttempts("handed_back")}
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)} AND cancel_requested_at IS NULL`;
  if (released > 0) return { released: true };
  return { released: (await finishCancelled(db, { job })).settled };
}
