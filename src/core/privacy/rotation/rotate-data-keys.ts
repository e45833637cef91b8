import { randomFillSync } from "node:crypto";
import { z } from "zod";
import { type Clock, DAY, type Db, systemClock } from "../../platform";
import { type KeyService, keyService } from "../../platform/crypto/key-service/key-service";
import { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { keyCache } from "../key-cache";
import { keyContext, type Subject, subjectName } from "../subject";
import { encryptEarlier, KEY_BYTES, type KeyRow, keyColumns, versionsOf } from "../unwrap-versions";

/** A version encrypts for so long. */
export const ROTATED_AFTER_MS = 30 * DAY;
/**
 * ... and so often: 2^24, of the 2^32 that random IVs allow (NIST SP 800-38D §8.3). Between them lies what is not counted: fewer
 * than 2^10 by each process that dies (`count-uses.ts`), and what is written until the job comes.
 */
export const ROTATED_AT = 2n ** 24n;
const AT_ONCE = 100;
/** What is written once, when the subject comes to be, needs no second version. */
const ROTATED_SUBJECTS = ["user", "org"] as const;

export interface Rotated {
  rotated: number;
  /** Whose versions could not be unwrapped: they go on with the one that they have. */
  failed: number;
}

/**
 * Gives each data key that has encrypted long or often enough a new version. Those before stay, to decrypt. A key that nothing
 * was encrypted with is left alone. Safe to interrupt, to repeat and to run twice at once: a row is changed only where it
 * still has the version that was read, and one that is destroyed meanwhile stays destroyed.
 */
export async function rotateDataKeys(
  db: Db,
  {
    clock = systemClock,
    service = keyService(),
    signal,
  }: { clock?: Clock; service?: KeyService; signal?: AbortSignal } = {},
): Promise<Rotated> {
  const done: Rotated = { rotated: 0, failed: 0 };
  let after: string | undefined;
  while (!signal?.aborted) {
    const rows = await db.dataKey.findMany({
      where: { ...dueWhere(clock.now(), ROTATED_AT), ...(after !== undefined && { id: { gt: after } }) },
      select: { subjectType: true, subjectId: true, ...keyColumns },
      orderBy: { id: "asc" },
      take: AT_ONCE,
    });
    for (const { subjectType: type, subjectId: id, wrappedKey, ...row } of rows) {
      if (signal?.aborted || wrappedKey === null) break;
      try {
        if (await addVersion(db, { subject: { type, id }, row: { ...row, wrappedKey }, service, clock }))
          done.rotated += 1;
      } catch (error) {
        done.failed += 1;
        log().error({ err: error, dataKey: row.id }, "a data key could not be given a new version");
      }
    }
    after = rows.at(-1)?.id;
    if (rows.length < AT_ONCE) break;
  }
  return done;
}

const overdueRows = z.tuple([z.object({ keys: z.number().int() })]);
/** Written into the statement: an index of keys that are used so often is found by a literal alone. */
const TWICE_AS_OFTEN = Prisma.raw(String(2n * ROTATED_AT));

/**
 * Keys that should have been given a new version a day ago, or have encrypted twice as often as they should. Read at every scrape:
 * two partial indexes hold no key that is not used.
 */
export async function countOverdue(db: Db, clock: Clock = systemClock): Promise<number> {
  const since = new Date(clock.now().getTime() - DAY - ROTATED_AFTER_MS).toISOString();
  const rows = await db.$queryRaw`
    SELECT count(*)::int AS keys FROM data_keys
    WHERE wrapped_key IS NOT NULL AND subject_type IN ('user', 'org') AND (
      (encryptions > 0 AND coalesce(version_at, created_at) <= ${since}::timestamptz) OR encryptions >= ${TWICE_AS_OFTEN})`;
  return overdueRows.parse(rows)[0].keys;
}

function dueWhere(now: Date, often: bigint): Prisma.DataKeyWhereInput {
  const since = new Date(now.getTime() - ROTATED_AFTER_MS);
  return {
    wrappedKey: { not: null },
    subjectType: { in: [...ROTATED_SUBJECTS] },
    OR: [
      { encryptions: { gt: 0 }, versionAt: null, createdAt: { lte: since } },
      { encryptions: { gt: 0 }, versionAt: { lte: since } },
      { encryptions: { gte: often } },
    ],
  };
}

/** False when another process has added one meanwhile, or the key was destroyed. */
async function addVersion(
  db: Db,
  { subject, row, service, clock }: { subject: Subject; row: KeyRow; service: KeyService; clock: Clock },
): Promise<boolean> {
  const earlier = await versionsOf(row, subject, service);
  const version = row.version + 1;
  const key = randomFillSync(new Uint8Array(KEY_BYTES));
  const { wrapped, kekId } = await service.wrap(key, keyContext(subject, version));
  const earlierKeys = encryptEarlier(key, { rowId: row.id, version, earlier });
  for (const used of [key, ...earlier]) used.fill(0);
  const { count } = await db.dataKey.updateMany({
    where: { id: row.id, version: row.version, wrappedKey: { not: null } },
    data: {
      version,
      newestKey: wrapped,
      newestKekId: kekId,
      earlierKeys,
      versionAt: clock.now(),
      encryptions: 0,
    },
  });
  keyCache.drop(subjectName(subject));
  return count === 1;
}
