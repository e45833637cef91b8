import { randomFillSync } from "node:crypto";
import { type Clock, systemClock } from "../platform/clock";
import type { Bytes } from "../platform/crypto/hash";
import { keyService } from "../platform/crypto/key-service";
import type { Db, DbOrTx } from "../platform/db/client";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { holdMadeKey, type KeyedTx } from "./keyed-transaction";
import { keyContext, type Subject, subjectName } from "./subject";

/** A data key that no database has yet. It lives as long as the call that made it, and is in no cache. */
export interface NewDataKey {
  subject: Subject;
  key: Bytes;
  wrapped: Bytes;
  kekId: string;
}

/**
 * Makes a subject's data key, for `insertDataKey` in the transaction that makes the user or organization. It calls the
 * key service, and therefore comes before that transaction. @throws AppError `service_unavailable`.
 */
export async function prepareDataKey(subject: Subject): Promise<NewDataKey> {
  const key = randomFillSync(new Uint8Array(32));
  const { wrapped, kekId } = await keyService().wrap(key, keyContext(subject));
  return { subject, key, wrapped, kekId };
}

/**
 * Gives a subject the data key made for it; from then on the transaction seals and opens the subject's texts. When it
 * is rolled back, row and key are gone together.
 * @throws AppError `conflict` when the subject has a key already, or had one that was destroyed: what was erased is
 *   never given a second one.
 */
export async function insertDataKey(
  tx: KeyedTx,
  made: NewDataKey,
  clock: Clock = systemClock,
): Promise<void> {
  const { subject, key } = made;
  if (!(await insert(tx, made, clock))) {
    throw new AppError("conflict", {
      public: "This was made already. Load the page again.",
      internal: `${subjectName(subject)} has a data key already`,
    });
  }
  holdMadeKey(tx, subject, key);
}

/**
 * Gives a subject a data key by itself. Two callers at once end up with one key.
 * @throws AppError `conflict` when the subject's key was destroyed.
 */
export async function createDataKey(db: Db, subject: Subject, clock: Clock = systemClock): Promise<void> {
  const made = await prepareDataKey(subject);
  made.key.fill(0);
  await insert(db, made, clock);
}

/** False when the subject has one already, which stays. */
async function insert(db: DbOrTx, { subject, wrapped, kekId }: NewDataKey, clock: Clock): Promise<boolean> {
  const { count } = await db.dataKey.createMany({
    data: {
      id: newId(),
      subjectType: subject.type,
      subjectId: subject.id,
      wrappedKey: wrapped,
      kekId,
      createdAt: clock.now(),
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
      public: "This account has been erased.",
      internal: `the data key of ${subjectName(subject)} was destroyed and is not made again`,
    });
  }
  return false;
}
