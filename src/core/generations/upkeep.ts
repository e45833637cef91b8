import type { Db } from "../platform";
import { Prisma } from "../platform/db/client";
import type { ExpiredRows } from "../platform/db/rows/expire-rows";

/** Their parts go with them. */
export const expiredGenerations: ExpiredRows = { generations: Prisma.sql`expires_at < now()` };

/** Between opening a generation and its call a moment passes. */
const OPENING_SECONDS = 30;

/**
 * Deletes what is kept of an organization's calls, also of those that would go into the history. Calls under way keep theirs
 * until they end. Returns how many are left.
 */
export async function deleteGenerations(db: Db, orgId: string): Promise<number> {
  await db.$executeRaw`
    DELETE FROM generations g WHERE g.org_id = ${orgId}::uuid
      AND NOT EXISTS (SELECT FROM open_calls o WHERE o.id = g.id)
      AND (g.written_at IS NOT NULL OR g.created_at < now() - ${OPENING_SECONDS}::int * interval '1 second')`;
  return await db.generation.count({ where: { orgId } });
}
