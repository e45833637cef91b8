import type { Db } from "../platform/db";

/** Whether the organisation has ever had an answer. Deleted requests count: what was reached stays reached. */
export async function hasCompletedRequest(db: Db, { orgId }: { orgId: string }): Promise<boolean> {
  const [row] = await db.$queryRaw<{ found: boolean }[]>`
    SELECT EXISTS (
      SELECT FROM usage_ledger u JOIN organizations o ON o.id = u.org_id
      WHERE u.org_id = ${orgId}::uuid AND u.created_at >= o.created_at AND u.status = 'completed'
    ) AS found`;
  return row?.found ?? false;
}
