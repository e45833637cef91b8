import { type Clock, type Db, systemClock } from "../../platform";
import { Prisma } from "../../platform/db/client";
import type { ExpiredRows } from "../../platform/db/rows/expire-rows";
import { log } from "../../platform/observability/log";
import { type Storage, storage } from "../../platform/storage";
import type { ExportSubject } from "../archive/write-archive";
import { fileOf, filesOf } from "./export-rows";

/** The list shows what was exported in the last year. */
export const expiredExportRows: ExpiredRows = {
  data_exports: Prisma.sql`created_at < now() - interval '1 year' AND status IN ('failed', 'expired')`,
};

const AT_ONCE = 100;

/** Deletes expired files. Their keys are deleted first, so that a file is unreadable even if deleting it fails. */
export async function expireExports(
  db: Db,
  { store = storage(), clock = systemClock }: { store?: Pick<Storage, "delete">; clock?: Clock } = {},
): Promise<number> {
  const due = await db.dataExport.findMany({
    where: { status: "ready", expiresAt: { lte: clock.now() } },
    take: AT_ONCE,
    select: { id: true, subjectType: true, subjectId: true },
  });
  for (const { id, subjectType, subjectId } of due) {
    await db.dataExport.updateMany({
      where: { id, status: "ready" },
      data: { keyCipher: null, tokenHash: null, status: "expired" },
    });
    await store.delete(fileOf({ type: subjectType === "org" ? "org" : "user", id: subjectId }, id));
  }
  return due.length;
}

/**
 * Lets an organization's files expire that were requested before a moment. Returns how many are left, those that are still being
 * made among them.
 */
export async function expireExportsOf(
  db: Db,
  { orgId, before }: { orgId: string; before: Date },
  clock: Clock = systemClock,
): Promise<number> {
  const own = { subjectType: "org", subjectId: orgId, createdAt: { lt: before } } as const;
  await db.dataExport.updateMany({ where: { ...own, status: "ready" }, data: { expiresAt: clock.now() } });
  return await db.dataExport.count({ where: { ...own, status: { in: ["waiting", "running", "ready"] } } });
}

/**
 * Deletes every export of a subject that is erased. Its files can no longer be read; where the store is away, the bucket's own
 * rule deletes them.
 */
export async function deleteExports(
  db: Db,
  subject: ExportSubject,
  { store = storage() }: { store?: Pick<Storage, "list" | "delete"> } = {},
): Promise<void> {
  await db.dataExport.deleteMany({ where: { subjectType: subject.type, subjectId: subject.id } });
  try {
    for (const key of await store.list(filesOf(subject))) await store.delete(key);
  } catch (error) {
    log().warn({ err: error, subject }, "files of erased exports could not be deleted");
  }
}
