import type { Db } from "../../platform/db/client";

/**
 * Whether the organization has ever had an answer, in either environment. Deleted requests count: what was reached stays reached. Asked newest
 * first, so that the index of the newest month answers for all who are active, however long their ledger.
 */
export async function hasCompletedRequest(db: Db, { orgId }: { orgId: string }): Promise<boolean> {
  const rows = await db.$queryRaw<unknown[]>`
    (SELECT 1 FROM usage_ledger
    WHERE org_id = ${orgId}::uuid AND environment = 'live' AND status = 'completed'
    ORDER BY created_at DESC LIMIT 1)
    UNION ALL
    (SELECT 1 FROM usage_ledger
    WHERE org_id = ${orgId}::uuid AND environment = 'test' AND status = 'completed'
    ORDER BY created_at DESC LIMIT 1)
    LIMIT 1`;
  return rows.length > 0;
}
