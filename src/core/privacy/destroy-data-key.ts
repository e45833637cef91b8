import { type Clock, systemClock } from "../platform/clock";
import type { DbOrTx } from "../platform/db/client";
import { keyCache } from "./key-cache";
import { type Subject, subjectName } from "./subject";

/**
 * Crypto-shredding: everything sealed for the subject becomes unreadable, and everything fingerprinted for it
 * unconfirmable. Returns what has to be called after the commit, for until then others may still read the key. Other
 * processes use one they hold for five seconds at most. Destroying twice is the same as once.
 */
export async function destroyDataKey(
  tx: DbOrTx,
  subject: Subject,
  clock: Clock = systemClock,
): Promise<() => void> {
  await tx.dataKey.updateMany({
    where: { subjectType: subject.type, subjectId: subject.id, destroyedAt: null },
    data: { wrappedKey: null, destroyedAt: clock.now() },
  });
  const forget = () => keyCache.drop(subjectName(subject));
  forget();
  return forget;
}
