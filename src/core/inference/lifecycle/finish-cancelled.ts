import { type Db, Prisma } from "../../platform/db/client";
import { endRequest, holdsLease, nothingSpent } from "./end-request";
import type { Lease } from "./lease";

/** Ends a request whose customer asked to cancel it while it was at work. Nothing is billed. */
export async function finishCancelled(db: Db, { job }: { job: Lease }): Promise<{ settled: boolean }> {
  const settled = await endRequest(db, {
    requestId: job.requestId,
    status: "cancelled",
    when: Prisma.sql`${holdsLease(job)} AND cancel_requested_at IS NOT NULL`,
    attemptOutcome: "cancelled",
    amounts: nothingSpent(job.model, job.requestId),
  });
  return { settled };
}
