import type { Db } from "../platform/db";
import { Prisma } from "../platform/db";
import { AppError } from "../platform/errors";
import { timeOfId } from "../platform/ids";
import { endRequest, nothingSpent } from "./end-request";
import { getInference, type RequestKey } from "./get-inference";
import type { StatusView } from "./schemas";
import { isTerminal } from "./schemas";
import { isRequest } from "./sql";
import { requestNotFound } from "./views";

/** Not being worked on: still queued, or left by a worker that died. */
const unattended = Prisma.sql`(status = 'queued' OR (status = 'processing' AND lease_expires_at <= now()))`;

/**
 * Cancels a request. One that no worker holds ends at once; one at work is marked, and its worker stops at the next
 * heartbeat: the answer then still says `processing`. Asking again is harmless.
 *
 * @throws AppError `not_found`; `request_not_cancellable` once it has completed or failed.
 */
export async function cancelInference(db: Db, { orgId, requestId }: RequestKey): Promise<StatusView> {
  // A request can change hands between two looks; each round either ends here or has seen a newer state.
  for (let round = 0; round < 5; round++) {
    const row = await db.inferenceRequest.findFirst({
      where: { id: requestId, createdAt: timeOfId(requestId), orgId, deletedAt: null },
      select: { status: true, model: true },
    });
    if (row === null) throw requestNotFound();
    if (row.status === "completed" || row.status === "failed") throw notCancellable(row.status);
    if (isTerminal(row.status) || (await cancelNow(db, { orgId, requestId }, row.model))) break;
    if (await markCancelled(db, { orgId, requestId })) break;
  }
  return getInference(db, { orgId, requestId });
}

function cancelNow(db: Db, { orgId, requestId }: RequestKey, model: string): Promise<boolean> {
  return endRequest(db, {
    requestId,
    status: "cancelled",
    when: Prisma.sql`org_id = ${orgId}::uuid AND ${unattended}`,
    attemptOutcome: "cancelled",
    set: Prisma.sql`, cancel_requested_at = coalesce(cancel_requested_at, now())`,
    amounts: nothingSpent(model, requestId),
  });
}

async function markCancelled(db: Db, { orgId, requestId }: RequestKey): Promise<boolean> {
  const marked = await db.$executeRaw`
    UPDATE inference_requests SET cancel_requested_at = coalesce(cancel_requested_at, now())
    WHERE ${isRequest(requestId)} AND org_id = ${orgId}::uuid AND status = 'processing' AND lease_expires_at > now()`;
  return marked > 0;
}

function notCancellable(status: "completed" | "failed"): AppError {
  return new AppError("request_not_cancellable", {
    public: `This request has already ${status}, so there is nothing left to cancel.`,
    param: "id",
  });
}
