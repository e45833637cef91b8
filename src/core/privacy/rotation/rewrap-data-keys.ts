import type { Db } from "../../platform";
import { type KeyService, keyService } from "../../platform/crypto/key-service/key-service";
import type { Prisma } from "../../platform/db/client";
import { log } from "../../platform/observability/log";
import { keyContext, type Subject } from "../subject";
import type { KeyRow } from "../unwrap-versions";

const AT_ONCE = 100;

export interface Rewrapped {
  /** The master key that wraps now. */
  kekId: string;
  rewrapped: number;
  /** Still wrapped by another: no previous master key of the environment unwraps them. */
  failed: number;
}

/**
 * Wraps each data key that an earlier master key wrapped with the current one, in its versions. The data keys stay as they are, so nothing else
 * is encrypted anew. Safe to interrupt and to repeat, and beside writers: a key that is destroyed meanwhile stays destroyed.
 * @throws AppError `service_unavailable` when the key service does not answer.
 */
export async function rewrapDataKeys(
  db: Db,
  { service = keyService(), signal }: { service?: KeyService; signal?: AbortSignal } = {},
): Promise<Rewrapped> {
  // KMS names its key only when it wraps.
  const { kekId } = await service.wrap(new Uint8Array(32), { purpose: "which-key" });
  const done: Rewrapped = { kekId, rewrapped: 0, failed: 0 };
  let after: string | undefined;
  while (!signal?.aborted) {
    const rows = await db.dataKey.findMany({
      where: { ...wrappedByOthers(kekId), ...(after !== undefined && { id: { gt: after } }) },
      orderBy: { id: "asc" },
      take: AT_ONCE,
    });
    for (const row of rows) {
      if (signal?.aborted || row.wrappedKey === null) break;
      try {
        if (await rewrap(db, { ...row, wrappedKey: row.wrappedKey }, { kekId, service })) done.rewrapped += 1;
      } catch (error) {
        done.failed += 1;
        log().error({ err: error, dataKey: row.id }, "a data key could not be wrapped anew");
      }
    }
    after = rows.at(-1)?.id;
    if (rows.length < AT_ONCE) break;
  }
  return done;
}

/** Keys of which the first version, or the newest, is wrapped by another master key than this one. */
export function wrappedByOthers(kekId: string): Prisma.DataKeyWhereInput {
  return { wrappedKey: { not: null }, OR: [{ kekId: { not: kekId } }, { newestKekId: { not: kekId } }] };
}

/** False when the key was given another version, wrapped by another process, or destroyed meanwhile. */
async function rewrap(
  db: Db,
  row: KeyRow & { subjectType: Subject["type"]; subjectId: string },
  { kekId, service }: { kekId: string; service: KeyService },
): Promise<boolean> {
  const { id, version, newestKey, newestKekId } = row;
  const subject = { type: row.subjectType, id: row.subjectId };
  const anew = async (wrapped: Uint8Array, wrappedBy: string, of: number) => {
    const key = await service.unwrap(wrapped, wrappedBy, keyContext(subject, of));
    const made = await service.wrap(key, keyContext(subject, of));
    key.fill(0);
    return made;
  };
  const first = row.kekId === kekId ? undefined : await anew(row.wrappedKey, row.kekId, 1);
  const newest =
    newestKey === null || newestKekId === null || newestKekId === kekId
      ? undefined
      : await anew(newestKey, newestKekId, version);
  const { count } = await db.dataKey.updateMany({
    where: { id, version, kekId: row.kekId, newestKekId, wrappedKey: { not: null } },
    data: {
      ...(first !== undefined && { wrappedKey: first.wrapped, kekId: first.kekId }),
      ...(newest !== undefined && { newestKey: newest.wrapped, newestKekId: newest.kekId }),
    },
  });
  return count === 1;
}
