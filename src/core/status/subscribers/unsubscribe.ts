import { type Clock, type Db, type DbOrTx, systemClock } from "../../platform";
import type { Bytes } from "../../platform/crypto/hash";
import { destroyDataKey } from "../../privacy";
import { subscriberSubject } from "./subscriber-fields";
import { readUnsubscribeToken } from "./tokens";

/** Ends a subscription; a second call changes nothing. @throws AppError `invalid_token`. */
export async function unsubscribe(
  db: Db,
  { token }: { token: string },
  clock: Clock = systemClock,
): Promise<{ subscribed: false }> {
  const id = readUnsubscribeToken(token);
  const forget = await db.$transaction((tx) => eraseSubscriber(tx, id, clock));
  forget();
  return { subscribed: false };
}

/**
 * Removes a subscriber and destroys their key. The key's row stays without the key: from it a tombstone is written, by which
 * a restored backup loses the subscriber again. Call the returned function after the commit.
 */
export async function eraseSubscriber(tx: DbOrTx, id: string, clock: Clock): Promise<() => void> {
  await tx.statusSubscriber.deleteMany({ where: { id } });
  return await destroyDataKey(tx, subscriberSubject(id), clock);
}

/** Of an address whose owner is erased. */
export async function eraseSubscriptionsTo(
  tx: DbOrTx,
  { emailIndexes }: { emailIndexes: Bytes[] },
  clock: Clock,
): Promise<void> {
  const found = await tx.statusSubscriber.findMany({
    where: { emailIndex: { in: emailIndexes } },
    select: { id: true },
  });
  for (const { id } of found) await eraseSubscriber(tx, id, clock);
}
