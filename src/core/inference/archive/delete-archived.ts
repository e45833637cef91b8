import { notHeldSql } from "../../legal-holds";
import { type Clock, type Db, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { type Storage, storage } from "../../platform/storage";
import type { RequestKey } from "../request-row";
import { objectOf, objectsOf, pack, parseLine, unpack } from "./archive-object";
import { findArchive } from "./find-archive";

/** Removes a request from the archive that it is in: it is no longer found, and a job takes it out of the object. */
export async function deleteArchived(db: Db, key: RequestKey, clock: Clock = systemClock): Promise<boolean> {
  const archive = await findArchive(db, key);
  if (archive === undefined || archive.deleted) return false;
  const marked = await db.$executeRaw`
    UPDATE request_archives SET deleted_ids = array_append(deleted_ids, ${key.requestId}::uuid),
      rewrite_at = ${clock.now()}::timestamptz
    WHERE id = ${archive.id}::uuid AND NOT ${key.requestId}::uuid = ANY (deleted_ids)`;
  return marked === 1;
}

const AT_ONCE = 100;

/** Writes objects anew without the requests that were deleted from them. Returns how many objects. */
export async function rewriteArchives(
  db: Db,
  { store = storage(), signal }: { store?: Pick<Storage, "get" | "put">; signal?: AbortSignal } = {},
): Promise<number> {
  const found = await db.$queryRaw<{ id: string }[]>`
    SELECT id FROM request_archives a
    WHERE rewrite_at IS NOT NULL AND stored_at IS NOT NULL AND ${notHeldSql(Prisma.sql`a.org_id`)}
    ORDER BY rewrite_at LIMIT ${AT_ONCE}`;
  const due = await db.requestArchive.findMany({ where: { id: { in: found.map(({ id }) => id) } } });
  let rewritten = 0;
  for (const row of due) {
    if (signal?.aborted) break;
    try {
      const name = objectOf(row.orgId, row.id);
      const object = await store.get(name);
      if (object === undefined) continue;
      const deleted = new Set(row.deletedIds);
      const lines = (await unpack(db, row, object.body)).filter((line) => !deleted.has(parseLine(line).id));
      const body = await pack(db, row, lines);
      await store.put(name, body, { contentType: "application/octet-stream" });
      // One that was deleted meanwhile has set another time, and is taken out at the next run.
      await db.requestArchive.updateMany({
        where: { id: row.id, rewriteAt: row.rewriteAt },
        data: { rewriteAt: null, requests: lines.length, bytes: body.byteLength },
      });
      rewritten += 1;
    } catch (error) {
      log().error({ err: error, archive: row.id }, "an archive could not be written anew yet");
    }
  }
  return rewritten;
}

/** Deletes every archive of an organization that is erased. What the store keeps meanwhile can no longer be read. */
export async function deleteArchives(
  db: Db,
  orgId: string,
  { store = storage() }: { store?: Pick<Storage, "list" | "delete"> } = {},
): Promise<void> {
  await db.requestArchive.deleteMany({ where: { orgId } });
  try {
    for (const key of await store.list(objectsOf(orgId))) await store.delete(key);
  } catch (error) {
    log().warn({ err: error, orgId }, "archives of an erased organization could not be deleted");
  }
}
