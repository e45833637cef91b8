import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { toPublicId } from "../../platform/ids";
import { isReachable, type RequestKey, reachable } from "../request-key";
import type { DeletedRequest } from "../schemas";
import { requestNotFound } from "./views";

/**
 * Takes an ended request out of the history: from now on no route gives out anything of it, and thirty days later its
 * row is gone (`purgeDeletedRequests`). What it cost stays in the ledger.
 *
 * @throws AppError `not_found`, also once it is deleted; `conflict` while it has not ended.
 */
export async function deleteRequest(db: Db, key: RequestKey): Promise<DeletedRequest> {
  const deleted = await db.$executeRaw`
    UPDATE inference_requests SET deleted_at = now()
    WHERE ${isReachable(key)} AND status IN ('completed', 'failed', 'cancelled')`;
  if (deleted > 0) return { id: toPublicId("inf", key.requestId), object: "inference", deleted: true };
  const row = await db.inferenceRequest.findFirst({
    where: reachable(key),
    select: { status: true },
  });
  if (row === null) throw requestNotFound();
  throw new AppError("conflict", {
    public: "This request has not ended yet. Cancel it first, then delete it.",
    param: "id",
  });
}
