import { type Clock, systemClock } from "../platform/clock";
import type { DbOrTx } from "../platform/db";
import { keyCache } from "./key-cache";
import { type Subject, subjectName } from "./subject";

/**
 * Crypto-shredding: everything sealed for the subject becomes unreadable, in backups too once they have aged out.
 * Other processes hold a key in memory for 60 s at most. Destroying twice is the same as once.
 */
export async function destroyDataKey(
  tx: DbOrTx,
  subject: Subject,
  clock: Clock = systemClock,
): Promise<void> {
  await tx.dataKey.updateMany({
    where: { subjectType: subject.type, subjectId: subject.id, destroyedAt: null },
    data: { wrappedKey: null, destroyedAt: clock.now() },
  });
  keyCache.drop(subjectName(subject));
}
