import type { Tx } from "../../platform/db/client";
import { keyColumns } from "../views/to-key-view";
import { keyNotFound } from "./key-manager";

/**
 * The key's row, held until the transaction ends: who changes or rotates it at the same time waits, and then sees what
 * was done. @throws AppError `not_found`.
 */
export async function lockKey(tx: Tx, { orgId, id }: { orgId: string; id: string }) {
  await tx.$queryRaw`
    SELECT 1 FROM api_keys WHERE id = ${id}::uuid AND org_id = ${orgId}::uuid FOR NO KEY UPDATE`;
  const row = await tx.apiKey.findUnique({
    where: { id, orgId },
    select: { ...keyColumns, secretHash: true },
  });
  if (row === null) throw keyNotFound();
  return row;
}
