import { notHeldSql } from "../../legal-holds";
import { type Clock, type Db, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { type Storage, storage } from "../../platform/storage";
import { objectOf } from "./archive-object";
import { ARCHIVE_DAYS, HOT_DAYS } from "./retention-terms";

const AT_ONCE = 500;

/**
 * Deletes archives whose newest request is past its time: the object, then the row with its key, so that what is interrupted
 * is tried again. Returns how many.
 */
export async function expireArchives(
  db: Db,
  {
    store = storage(),
    signal,
    clock = systemClock,
  }: { store?: Pick<Storage, "delete">; signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  const now = clock.now();
  let expired = 0;
  while (!signal?.aborted) {
    const due = await db.$queryRaw<{ id: string; orgId: string }[]>`
      SELECT a.id, a.org_id AS "orgId" FROM request_archives a
      LEFT JOIN organizations o ON o.id = a.org_id
      WHERE uuid_v7_time(a.last_id) <= ${now}::timestamptz - make_interval(
        days => coalesce(o.retention_days, ${HOT_DAYS}::int) + coalesce(o.archive_days, ${ARCHIVE_DAYS}::int))
        AND ${notHeldSql(Prisma.sql`a.org_id`)}
      ORDER BY a.last_id LIMIT ${AT_ONCE}`;
    for (const { id, orgId } of due) {
      if (signal?.aborted) return expired;
      await store.delete(objectOf(orgId, id));
      await db.requestArchive.deleteMany({ where: { id } });
      expired += 1;
    }
    if (due.length < AT_ONCE) break;
  }
  return expired;
}

/** How many archives there are of an organization. */
export async function countArchives(db: Db, orgId: string): Promise<number> {
  return await db.requestArchive.count({ where: { orgId } });
}
