import { randomFillSync } from "node:crypto";
import { AppError, type Clock, type Db, type DbOrTx, newId, systemClock } from "../platform";
import type { Bytes } from "../platform/crypto/hash";
import { keyService } from "../platform/crypto/key-service/key-service";
import { keyCache } from "./key-cache";
import { holdMadeKey, type KeyedTx } from "./keyed-transaction";
import { keyContext, type Subject, subjectName } from "./subject";

/** A data key that is not in the database yet, nor in any cache. */
export interface NewDataKey {
  subject: Subject;
  key: Bytes;
  wrapped: Bytes;
  kekId: string;
}

/**
 * Creates a subject's data key for `insertDataKey`. Call it before the transaction that creates the user or organization,
 * because it waits for the key service. @throws AppError `service_unavailable`.
 */
export async function prepareDataKey(subject: Subject): Promise<NewDataKey> {
  const key = randomFillSync(new Uint8Array(32));
  const { wrapped, kekId } = await keyService().wrap(key, keyContext(subject));
  return { subject, key, wrapped, kekId };
}

/**
 * Inserts a prepared data key. From then on the transaction can encrypt and decrypt the subject's texts; a rollback
 * removes row and key together.
 * @throws AppError `conflict` when the subject has a key, or had one that was destroyed: an erased subject never gets a
 *   second key.
 */
export async function insertDataKey(
  tx: KeyedTx,
  made: NewDataKey,
  clock: Clock = systemClock,
): Promise<void> {
  const { subject, key } = made;
  if (!(await insert(tx, made, clock))) {
    throw new AppError("conflict", {
      public: "This already exists. Reload the page.",
      internal: `${subjectName(subject)} has a data key already`,
    });
  }
  holdMadeKey(tx, subject, key);
}

/**
 * Creates and inserts a data key outside a transaction. Concurrent callers end up with one key.
 * @throws AppError `conflict` when the subject's key was destroyed.
 */
export async function createDataKey(db: Db, subject: Subject, clock: Clock = systemClock): Promise<void> {
  const made = await prepareDataKey(subject);
  made.key.fill(0);
  await insert(db, made, clock);
}

/**
 * Crypto-shredding: every version of the key goes, everything encrypted for the subject becomes unreadable, and its fingerprints unconfirmable. Call the
 * returned function after the commit to drop the key from this process's cache again, since another call may have read it
 * meanwhile. Other processes use a cached key for five seconds at most. Idempotent.
 */
export async function destroyDataKey(
  tx: DbOrTx,
  subject: Subject,
  clock: Clock = systemClock,
): Promise<() => void> {
  await tx.dataKey.updateMany({
    where: { subjectType: subject.type, subjectId: subject.id, destroyedAt: null },
    data: {
      wrappedKey: null,
      newestKey: null,
      newestKekId: null,
      earlierKeys: null,
      destroyedAt: clock.now(),
    },
  });
  const forget = () => keyCache.drop(subjectName(subject));
  forget();
  return forget;
}

/** False when the subject has a key already, which is kept. */
async function insert(db: DbOrTx, { subject, wrapped, kekId }: NewDataKey, clock: Clock): Promise<boolean> {
  const { count } = await db.dataKey.createMany({
    data: {
      id: newId(),
      subjectType: subject.type,
      subjectId: subject.id,
      wrappedKey: wrapped,
      kekId,
      createdAt: clock.now(),
      // It is made to be used.
      encryptions: 1,
    },
    skipDuplicates: true,
  });
  if (count === 1) return true;

  const existing = await db.dataKey.findUnique({
    where: { subjectType_subjectId: { subjectType: subject.type, subjectId: subject.id } },
    select: { destroyedAt: true },
  });
  if (existing?.destroyedAt) {
    throw new AppError("conflict", {
      public: "This account was erased.",
      internal: `the data key of ${subjectName(subject)} was destroyed and is not made again`,
    });
  }
  return false;
}
