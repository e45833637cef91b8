import { AppError, type Db, type DbOrTx } from "../platform";
import { unreadable } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { keyService } from "../platform/crypto/key-service/key-service";
import { keyCache } from "./key-cache";
import { keyContext, type Subject, subjectName } from "./subject";

/**
 * The unwrapped keys of these subjects, by `subjectName`, with one query for all that are not cached. It may call the key
 * service and therefore must not run in a transaction: see `transactWithKeys`.
 * @throws AppError `not_found` when a key was destroyed, `internal_error` when there never was one or the master key
 *   does not unwrap it, `service_unavailable` when KMS does not answer.
 */
export async function loadDataKeys(
  db: Db,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, Bytes>> {
  const keys = new Map<string, Bytes>();
  const missing = new Map<string, Subject>();
  for (const subject of subjects) {
    const name = subjectName(subject);
    const key = keyCache.fresh(name);
    if (key === undefined) missing.set(name, subject);
    else keys.set(name, key);
  }
  if (missing.size === 0) return keys;

  const { generation } = keyCache;
  const rows = await readWrapped(db, missing);
  await Promise.all(
    rows.map(async ({ name, subject, id, wrappedKey, kekId }) => {
      const known = keyCache.confirmed(name, id);
      const key = known ?? (await unwrapOnce(id, wrappedKey, kekId, subject));
      if (known === undefined) keyCache.put(name, id, key, generation);
      keys.set(name, key);
    }),
  );
  return keys;
}

/** The key of `subject` among those loaded for it. */
export function keyOf(keys: ReadonlyMap<string, Bytes>, subject: Subject): Bytes {
  const key = keys.get(subjectName(subject));
  if (key === undefined) throw unreadable(`the data key of ${subjectName(subject)} was not loaded`);
  return key;
}

/** The key rows of these subjects, none of them destroyed. @throws AppError `not_found`, `internal_error`. */
export async function readWrapped(db: DbOrTx, subjects: ReadonlyMap<string, Subject>) {
  const found = await db.dataKey.findMany({
    where: { OR: [...subjects.values()].map(({ type, id }) => ({ subjectType: type, subjectId: id })) },
    select: { id: true, subjectType: true, subjectId: true, wrappedKey: true, kekId: true },
  });
  const rows = new Map(found.map((row) => [subjectName({ type: row.subjectType, id: row.subjectId }), row]));
  return [...subjects].map(([name, subject]) => {
    const row = rows.get(name);
    if (row === undefined) throw unreadable(`there is no data key for ${name}`);
    const { id, wrappedKey, kekId } = row;
    if (wrappedKey !== null) return { name, subject, id, wrappedKey, kekId };
    keyCache.drop(name);
    throw new AppError("not_found", {
      public: "This content was erased and can no longer be read.",
      internal: `the data key of ${name} was destroyed`,
    });
  });
}

const unwrapping = new Map<string, Promise<Bytes>>();

/** Concurrent requests for one subject share one call to the key service. */
function unwrapOnce(rowId: string, wrapped: Bytes, kekId: string, subject: Subject): Promise<Bytes> {
  const running = unwrapping.get(rowId);
  if (running !== undefined) return running;
  const started = keyService()
    .unwrap(wrapped, kekId, keyContext(subject))
    .finally(() => unwrapping.delete(rowId));
  unwrapping.set(rowId, started);
  return started;
}
