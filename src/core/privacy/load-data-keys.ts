import { AppError, type Db, type DbOrTx } from "../platform";
import { unreadable } from "../platform/crypto/field";
import { areUsesDue, tellUses } from "./count-uses";
import type { DataKeys } from "./data-keys";
import { keyCache } from "./key-cache";
import { type Subject, subjectName } from "./subject";
import { type KeyRow, keyColumns, stateOf, unwrapVersions } from "./unwrap-versions";

/**
 * The unwrapped keys of these subjects, by `subjectName`, with one query for all that are not cached. It may call the key
 * service and therefore must not run in a transaction: see `transactWithKeys`.
 * @throws AppError `not_found` when a key was destroyed, `internal_error` when there never was one or the master key
 *   does not unwrap it, `service_unavailable` when KMS does not answer.
 */
export async function loadDataKeys(
  db: Db,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, DataKeys>> {
  if (areUsesDue()) void tellUses(db);
  const keys = new Map<string, DataKeys>();
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
    rows.map(async ({ name, subject, row }) => {
      const state = stateOf(row);
      const known = keyCache.confirmed(name, state);
      const key = known ?? (await unwrapOnce(row, subject));
      if (known === undefined) keyCache.put(name, state, key, generation);
      keys.set(name, key);
    }),
  );
  return keys;
}

/** The key of `subject` among those loaded for it. */
export function keyOf(keys: ReadonlyMap<string, DataKeys>, subject: Subject): DataKeys {
  const key = keys.get(subjectName(subject));
  if (key === undefined) throw unreadable(`the data key of ${subjectName(subject)} was not loaded`);
  return key;
}

/** The key rows of these subjects, none of them destroyed. @throws AppError `not_found`, `internal_error`. */
export async function readWrapped(db: DbOrTx, subjects: ReadonlyMap<string, Subject>) {
  const found = await db.dataKey.findMany({
    where: { OR: [...subjects.values()].map(({ type, id }) => ({ subjectType: type, subjectId: id })) },
    select: { subjectType: true, subjectId: true, ...keyColumns },
  });
  const rows = new Map(found.map((row) => [subjectName({ type: row.subjectType, id: row.subjectId }), row]));
  return [...subjects].map(([name, subject]) => {
    const row = rows.get(name);
    if (row === undefined) throw unreadable(`there is no data key for ${name}`);
    const { wrappedKey } = row;
    if (wrappedKey !== null) return { name, subject, row: { ...row, wrappedKey } };
    keyCache.drop(name);
    throw new AppError("not_found", {
      public: "This content was erased and can no longer be read.",
      internal: `the data key of ${name} was destroyed`,
    });
  });
}

const unwrapping = new Map<string, Promise<DataKeys>>();

/** Concurrent requests for one subject share one call to the key service. */
function unwrapOnce(row: KeyRow, subject: Subject): Promise<DataKeys> {
  const state = stateOf(row);
  const running = unwrapping.get(state);
  if (running !== undefined) return running;
  const started = unwrapVersions(row, subject).finally(() => unwrapping.delete(state));
  unwrapping.set(state, started);
  return started;
}
