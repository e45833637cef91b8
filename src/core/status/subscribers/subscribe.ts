import { emailIndex, emailIndexes, mayEmailSubscriber, throttleSubscription } from "../../accounts";
import { type Clock, type Db, newId, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { lockIndexes } from "../../platform/crypto/blind-index/lock-indexes";
import { sendEmail } from "../../platform/mail/send-email";
import { encryptText, insertDataKey, prepareDataKey, transactWithKeys } from "../../privacy";
import type { SubscribeInput } from "../schemas";
import { confirmSubscriptionEmail } from "./status-emails";
import { emailField, subscriberSubject } from "./subscriber-fields";
import { confirmToken, readConfirmToken } from "./tokens";

/**
 * Emails a link that subscribes its reader. The response is the same for everyone, and nothing is stored until the link is
 * used. @throws AppError `too_many_attempts`.
 */
export async function requestSubscription(
  db: Db,
  { input: { email, website }, ip }: { input: SubscribeInput; ip: string | null },
  clock: Clock = systemClock,
): Promise<{ received: true }> {
  await throttleSubscription(db, { ip }, clock);
  if (website) return { received: true };
  afterResponse("status subscription", async () => {
    if (await mayEmailSubscriber(db, { emailIndex: emailIndex(email) }))
      await sendEmail({ to: email, ...confirmSubscriptionEmail(confirmToken(email, clock)) });
  });
  return { received: true };
}

/** Subscribes the address of a link. A second click changes nothing. @throws AppError `invalid_token`. */
export async function confirmSubscription(
  db: Db,
  { token }: { token: string },
  clock: Clock = systemClock,
): Promise<{ subscribed: true; email: string }> {
  const email = readConfirmToken(token, clock);
  const indexes = emailIndexes(email);
  const subscribed = { where: { emailIndex: { in: indexes } } };
  if ((await db.statusSubscriber.count(subscribed)) === 0) {
    const id = newId(clock.now());
    const subject = subscriberSubject(id);
    const key = await prepareDataKey(subject);
    await transactWithKeys(db, [], async (tx) => {
      const locked = await lockIndexes(tx, indexes);
      if (locked && (await tx.statusSubscriber.count(subscribed)) > 0) return;
      await insertDataKey(tx, key, clock);
      const emailCipher = await encryptText(tx, subject, emailField(id), email);
      const { count } = await tx.statusSubscriber.createMany({
        data: [{ id, emailCipher, emailIndex: emailIndex(email), createdAt: clock.now() }],
        skipDuplicates: true,
      });
      // Of two clicks at once the other one made it.
      if (count === 0) await tx.dataKey.deleteMany({ where: { subjectType: "subscriber", subjectId: id } });
    });
  }
  return { subscribed: true, email };
}
