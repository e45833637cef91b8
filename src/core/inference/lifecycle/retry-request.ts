import type { Db } from "../../platform/db/client";
import { closedAttempts, isRequest } from "../sql";
import { holdsLease } from "./end-request";
import { failRequest } from "./fail-request";
import { finishCancelled } from "./finish-cancelled";
import type { Lease, RequestError } from "./lease";

export type RetryOutcome =
  | "scheduled"
  /** No attempt was left: the request has ended as failed with this error. */
  | "exhausted"
  /** The customer had cancelled: the request has ended as cancelled. */
  | "cancelled"
  /** Another worker holds it now. */
  | "lost";

/** Gives the request back for another attempt after `delayMs`, or ends it when that makes no sense any more. */
export async function retryRequest(
  db: Db,
  { job, delayMs, error }: { job: Lease; delayMs: number; error: RequestError },
): Promise<{ outcome: RetryOutcome }> {
  const scheduled = await db.$executeRaw`
    UPDATE inference_requests SET
      status = 'queued',
      lease_owner = NULL,
      lease_expires_at = NULL,
      next_attempt_at = now() + ${Math.round(delayMs)}::int * interval '1 millisecond',
      enqueued_at = now(),
      attempt_log = ${closedAttempts("retry", error.code)}
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)}
      AND attempts < max_attempts AND cancel_requested_at IS NULL`;
  if (scheduled > 0) return { outcome: "scheduled" };
  if ((await finishCancelled(db, { job })).settled) return { outcome: "cancelled" };
  if ((await failRequest(db, { job, error })).settled) return { outcome: "exhausted" };
  return { outcome: "lost" };
}
