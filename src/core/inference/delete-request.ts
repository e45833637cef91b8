import type { Db } from "../platform/db";
import { AppError } from "../platform/errors";
import { timeOfId, toPublicId } from "../platform/ids";
import type { RequestKey } from "./get-inference";
import type { DeletedRequest } from "./schemas";
import { isRequest } from "./sql";
import { requestNotFound } from "./views";

/**
 * Takes an ended request out of the history: from now on no route gives out anything of it, and thirty days later its
 * row is gone (`purgeDeletedRequests`). What it cost stays in the ledger.
 *
 * @throws AppError `not_found`, also once it is deleted; `conflict` while it has not ended.
 */
export async function deleteRequest(db: Db, { orgId, requestId }: RequestKey): Promise<DeletedRequest> {
  const deleted = await db.$executeRaw`
    UPDATE inference_requests SET deleted_at = now()
    WHERE ${isRequest(requestId)} AND org_id = ${orgId}::uuid AND deleted_at IS NULL
      AND status IN ('completed', 'failed', 'cancelled')`;
  if (deleted > 0) return { id: toPublicId("inf", requestId), deleted: true };
  const row = await db.inferenceRequest.findFirst({
    where: { id: requestId, createdAt: timeOfId(requestId), orgId, deletedAt: null },
    select: { status: true },
  });
  if (row === null) throw requestNotFound();
  throw new AppError("conflict", {
    public: "This request has not ended yet. Cancel it first, then delete it.",
    param: "id",
  });
}
