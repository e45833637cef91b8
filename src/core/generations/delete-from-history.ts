import { type DeletedRequest, deleteRequest, type RequestKey } from "../inference";
import type { Db } from "../platform";

/** Deletes a request from the history, and the answer that is kept of it for other reasons. @throws AppError as `deleteRequest`. */
export async function deleteFromHistory(db: Db, key: RequestKey): Promise<DeletedRequest> {
  const deleted = await deleteRequest(db, key);
  const { requestId: id, orgId } = key;
  await db.generationPart.deleteMany({ where: { generationId: id, generation: { orgId } } });
  await db.generation.updateMany({ where: { id, orgId }, data: { writtenAt: null } });
  return deleted;
}
