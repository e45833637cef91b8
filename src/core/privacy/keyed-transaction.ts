import type { Bytes } from "../platform/crypto/hash";
import { unreadable } from "../platform/crypto/unreadable";
import type { Db, Tx } from "../platform/db/client";
import { keyCache } from "./key-cache";
import { loadDataKeys, readWrapped } from "./load-data-keys";
import { type Subject, subjectName } from "./subject";

declare const keyed: unique symbol;

/**
 * A transaction that brought the data keys it needs. Texts are sealed, opened and fingerprinted in no other one: a key
 * that is not in memory is a call to the key service, and no connection and no lock waits for that.
 */
export type KeyedTx = Tx & { readonly [keyed]: true };
/** What can give a data key: a client that may ask the key service, or a transaction that need not. */
export type KeySource = Db | KeyedTx;

interface Held {
  /** Read before the transaction began; used while their rows stand. */
  loaded: Map<string, Bytes>;
  /** Made by the transaction itself: nobody else sees them before its commit. */
  made: Map<string, Bytes>;
}

/** Keys of a transaction go with it: after a rollback nobody remembers one that does not exist. */
const heldBy = new WeakMap<object, Held>();

/**
 * Runs a transaction that seals and opens texts of these subjects. Their keys are loaded before it begins; when the key
 * service does not answer, it never does. Keys that it makes itself join by `insertDataKey`.
 * @throws AppError as `loadDataKeys`.
 */
export async function transactWithKeys<T>(
  db: Db,
  subjects: readonly Subject[],
  run: (tx: KeyedTx) => Promise<T>,
  options?: { maxWait: number; timeout: number },
): Promise<T> {
  const loaded = new Map(await loadDataKeys(db, subjects));
  return await db.$transaction(async (tx) => {
    heldBy.set(tx, { loaded, made: new Map() });
    return await run(tx as KeyedTx);
  }, options);
}

/** The keys of these subjects, by `subjectName`. @throws AppError as `loadDataKeys`. */
export async function dataKeysOf(
  source: KeySource,
  subjects: readonly Subject[],
): Promise<ReadonlyMap<string, Bytes>> {
  return "$connect" in source ? await loadDataKeys(source, subjects) : await heldKeys(source, subjects);
}

/**
 * A key loaded before the transaction is as good as one in memory: what was read more than five seconds ago, or dropped
 * since, is used only if its row still stands.
 */
async function heldKeys(tx: KeyedTx, subjects: readonly Subject[]): Promise<ReadonlyMap<string, Bytes>> {
  const held = heldBy.get(tx);
  const keys = new Map<string, Bytes>();
  const stale = new Map<string, Subject>();
  for (const subject of subjects) {
    const name = subjectName(subject);
    const key = held?.made.get(name) ?? held?.loaded.get(name);
    if (key === undefined) throw unreadable(`the data key of ${name} was not loaded before the transaction`);
    keys.set(name, key);
    if (!held?.made.has(name) && keyCache.fresh(name) === undefined) stale.set(name, subject);
  }
  // Throws for a destroyed key.
  if (stale.size > 0) await readWrapped(tx, stale);
  return keys;
}

export function holdMadeKey(tx: KeyedTx, subject: Subject, key: Bytes): void {
  heldBy.get(tx)?.made.set(subjectName(subject), key);
}
