import type { Db, Tx } from "../platform";
import { unreadable } from "../platform/crypto/field";
import type { Bytes } from "../platform/crypto/hash";
import { DataKeys } from "./data-keys";
import { keyCache } from "./key-cache";
import { loadDataKeys, readWrapped } from "./load-data-keys";
import { type Subject, subjectName } from "./subject";

declare const keyed: unique symbol;

/**
 * A transaction whose data keys were loaded before it began. Only such a transaction encrypts, decrypts and fingerprints:
 * loading a key may call the key service, and no connection or lock may wait for that.
 */
export type KeyedTx = Tx & { readonly [keyed]: true };
/** Where data keys come from: a client, which may call the key service, or a transaction that has them. */
export type KeySource = Db | KeyedTx;

interface Held {
  /** Loaded before the transaction began; used as long as their rows exist. */
  loaded: Map<string, DataKeys>;
  /** Created by the transaction itself, and visible to nobody else before its commit. */
  made: Map<string, DataKeys>;
}

/** Keys are held by the transaction, so that after a rollback none is left that does not exist. */
const heldBy = new WeakMap<object, Held>();

/**
 * Runs a transaction that encrypts and decrypts texts of these subjects. Their keys are loaded first, so it does not
 * begin when the key service is down. Keys created inside are added by `insertDataKey`.
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
): Promise<ReadonlyMap<string, DataKeys>> {
  return "$connect" in source ? await loadDataKeys(source, subjects) : await heldKeys(source, subjects);
}

/**
 * The keys held by the transaction. One that was read more than five seconds ago, or dropped since, is used only if its
 * row still exists.
 */
async function heldKeys(tx: KeyedTx, subjects: readonly Subject[]): Promise<ReadonlyMap<string, DataKeys>> {
  const held = heldBy.get(tx);
  const keys = new Map<string, DataKeys>();
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
  heldBy.get(tx)?.made.set(subjectName(subject), DataKeys.ofNew(key));
}
