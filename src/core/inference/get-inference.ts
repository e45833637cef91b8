import type { DbOrTx } from "../platform/db";
import { timeOfId } from "../platform/ids";
import type { StatusView } from "./schemas";
import { requestNotFound, statusColumns, toStatusView } from "./views";

export interface RequestKey {
  orgId: string;
  requestId: string;
}

/** Where a request stands. @throws AppError `not_found`, also for another organisation's request. */
export async function getInference(db: DbOrTx, { orgId, requestId }: RequestKey): Promise<StatusView> {
  const row = await db.inferenceRequest.findFirst({
    where: { id: requestId, createdAt: timeOfId(requestId), orgId, deletedAt: null },
    select: statusColumns,
  });
  if (row === null) throw requestNotFound();
  return toStatusView(row);
}
