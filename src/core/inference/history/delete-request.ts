import { notHeldSql } from "../../legal-holds";
import { AppError, DAY, type Db, toPublicId } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { deleteArchived } from "../archive/delete-archived";
import { isReachable, type RequestKey, reachable } from "../request-row";
import type { DeletedRequest } from "../schemas";
import { requestNotFound } from "./views";

const KEPT_DAYS = 30;
const ROWS_A_STATEMENT = 1_000;

/**
 * Removes an ended request from the history: no route returns it from now on, and thirty days later
 * `purgeDeletedRequests` deletes its row. Its cost stays in the ledger.
 *
 * @throws AppError `not_found`, also once it is deleted; `conflict` while it has not ended.
 */
export async function deleteRequest(db: Db, key: RequestKey): Promise<DeletedRequest> {
  const deleted = await db.$executeRaw`
    UPDATE inference_requests SET deleted_at = now()
    WHERE ${isReachable(key)} AND status IN ('completed', 'failed', 'cancelled')`;
  const gone = { id: toPublicId("inf", key.requestId), object: "inference", deleted: true } as const;
  if ((await deleteArchived(db, key)) || deleted > 0) return gone;
  const row = await db.inferenceRequest.findFirst({
    where: reachable(key),
    select: { status: true },
  });
  if (row === null) throw requestNotFound();
  throw new AppError("conflict", {
    public: "This request has not ended yet. Cancel it, then delete it.",
    param: "id",
  });
}

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
        WHERE deleted_at IS NOT NULL AND deleted_at <= ${before}::timestamptz AND endpoint IS NULL
          AND ${notHeldSql(Prisma.sql`inference_requests.org_id`)}
        LIMIT ${ROWS_A_STATEMENT} FOR UPDATE SKIP LOCKED
      )`;
  }
  // The empty row of a call under /v1 stays: it says that the ledger's row must not be listed.
  purged += await db.$executeRaw`
    UPDATE inference_requests SET input_cipher = NULL, result_cipher = NULL, metadata_cipher = NULL, metadata_index = NULL,
      error_message = NULL
    WHERE deleted_at IS NOT NULL AND deleted_at <= ${before}::timestamptz AND endpoint IS NOT NULL AND input_cipher IS NOT NULL
      AND ${notHeldSql(Prisma.sql`inference_requests.org_id`)}`;
  return purged;
}
