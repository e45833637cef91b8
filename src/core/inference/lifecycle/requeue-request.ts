import type { Db } from "../../platform";
import { isRequest } from "../request-row";
import { type CalledProviders, closedAttempts } from "./attempt-log";
import { failRequest, finishCancelled } from "./end-request";
import { holdsLease, type Lease, type RequestError } from "./lease";

export type RetryOutcome =
  | "scheduled"
  /** No attempt was left: the request has ended as failed with this error. */
  | "exhausted"
  /** The customer had cancelled: the request has ended as cancelled. */
  | "cancelled"
  /** Another worker holds it now. */
  | "lost";

/** Requeues the request for another attempt after `delayMs`, or ends it when none is left or the customer canceled. */
export async function retryRequest(
  db: Db,
  {
    job,
    delayMs,
    error,
    ...called
  }: { job: Lease; delayMs: number; error: RequestError } & Partial<CalledProviders>,
): Promise<{ outcome: RetryOutcome }> {
  const scheduled = await db.$executeRaw`
    UPDATE inference_requests SET
      status = 'queued',
      lease_owner = NULL,
      lease_expires_at = NULL,
      next_attempt_at = now() + ${Math.round(delayMs)}::int * interval '1 millisecond',
      enqueued_at = now(),
      attempt_log = ${closedAttempts("retry", { errorCode: error.code, calls: called.calls })}
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)}
      AND attempts < max_attempts AND cancel_requested_at IS NULL`;
  if (scheduled > 0) return { outcome: "scheduled" };
  if ((await finishCancelled(db, { job })).settled) return { outcome: "cancelled" };
  if ((await failRequest(db, { job, error, ...called })).settled) return { outcome: "exhausted" };
  return { outcome: "lost" };
}

/**
 * Puts a request back in the queue: at shutdown, or when nobody could be asked, then for `delayMs`. The attempt is not counted: `max_attempts` grows by one instead of
 * `attempts` shrinking, so attempt numbers never repeat and still tell leases apart.
 */
export async function releaseRequest(
  db: Db,
  { job, delayMs = 0 }: { job: Lease; delayMs?: number },
): Promise<{ released: boolean }> {
  const released = await db.$executeRaw`
    UPDATE inference_requests SET
      status = 'queued',
      lease_owner = NULL,
      lease_expires_at = NULL,
      next_attempt_at = now() + ${Math.round(delayMs)}::int * interval '1 millisecond',
      max_attempts = max_attempts + 1,
      attempt_log = ${closedAttempts("handed_back")}
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)} AND cancel_requested_at IS NULL`;
  if (released > 0) return { released: true };
  return { released: (await finishCancelled(db, { job })).settled };
}
