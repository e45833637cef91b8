import type { Db } from "../../platform/db/client";
import { isRequest } from "../sql";
import { holdsLease } from "./end-request";
import type { Lease } from "./lease";

/** The heartbeat: keeps the lease and brings back whether the customer has cancelled meanwhile. */
export async function extendLease(
  db: Db,
  { job, leaseMs }: { job: Lease; leaseMs: number },
): Promise<{ held: boolean; cancelRequested: boolean }> {
  const [row] = await db.$queryRaw<{ cancel_requested: boolean }[]>`
    UPDATE inference_requests SET lease_expires_at = now() + ${leaseMs}::int * interval '1 millisecond'
    WHERE ${isRequest(job.requestId)} AND ${holdsLease(job)}
    RETURNING cancel_requested_at IS NOT NULL AS cancel_requested`;
  return { held: row !== undefined, cancelRequested: row?.cancel_requested ?? false };
}
