import type { Db } from "../platform";
import { type KeyService, keyService } from "../platform/crypto/key-service/key-service";
import { log } from "../platform/observability/log";
import { keyContext } from "./subject";

const AT_ONCE = 100;

export interface Rewrapped {
  /** The master key that wraps now. */
  kekId: string;
  rewrapped: number;
  /** Still wrapped by another: no previous master key of the environment unwraps them. */
  failed: number;
}

/**
 * Wraps each data key that an earlier master key wrapped with the current one. The data keys stay as they are, so nothing else
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
      where: {
        kekId: { not: kekId },
        wrappedKey: { not: null },
        ...(after !== undefined && { id: { gt: after } }),
      },
      orderBy: { id: "asc" },
      take: AT_ONCE,
    });
    for (const row of rows) {
      if (signal?.aborted || row.wrappedKey === null) break;
      const context = keyContext({ type: row.subjectType, id: row.subjectId });
      try {
        const key = await service.unwrap(row.wrappedKey, row.kekId, context);
        const made = await service.wrap(key, context);
        key.fill(0);
        const { count } = await db.dataKey.updateMany({
          where: { id: row.id, kekId: row.kekId, wrappedKey: { not: null } },
          data: { wrappedKey: made.wrapped, kekId: made.kekId },
        });
        done.rewrapped += count;
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
