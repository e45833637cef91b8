import type { Db } from "../../platform/db/client";
import { decryptMetadataOf } from "../request/metadata";
import { type RequestKey, reachable } from "../request-key";
import type { StatusView } from "../schemas";
import { requestNotFound, statusColumns, toStatusView } from "./views";

/** Where a request stands. @throws AppError `not_found`, also for one of another organization or environment. */
export async function getInference(db: Db, key: RequestKey): Promise<StatusView> {
  const row = await db.inferenceRequest.findFirst({ where: reachable(key), select: statusColumns });
  if (row === null) throw requestNotFound();
  const metadata = await decryptMetadataOf(db, key, row.metadataCipher);
  return toStatusView({ ...row, metadata });
}
