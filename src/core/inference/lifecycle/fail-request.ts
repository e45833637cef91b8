import type { Db } from "../../platform/db/client";
import { endRequest, holdsLease, nothingSpent } from "./end-request";
import type { Lease, RequestError } from "./lease";

/** Ends the request as failed, unbilled, with a reason the customer can act on. */
export async function failRequest(
  db: Db,
  { job, error }: { job: Lease; error: RequestError },
): Promise<{ settled: boolean }> {
  const settled = await endRequest(db, {
    requestId: job.requestId,
    status: "failed",
    when: holdsLease(job),
    attemptOutcome: "failed",
    error,
    amounts: nothingSpent(job.model, job.requestId),
  });
  return { settled };
}
