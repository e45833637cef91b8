import { AppError, type Clock, type Db, MINUTE, systemClock, toPublicId } from "../../platform";
import { Prisma } from "../../platform/db/client";
import { env } from "../../platform/env";
import { portalUrl } from "../../platform/mail";
import { sendEmail } from "../../platform/mail/send-email";
import { log } from "../../platform/observability/log";
import { decryptText } from "../../privacy";
import { statusUpdateEmail } from "./status-emails";
import { emailField, subscriberSubject } from "./subscriber-fields";
import { unsubscribeToken } from "./tokens";

/** Longer than the mail server may take for one email: after it, whoever claimed the email counts as dead. */
const CLAIM_MS = 5 * MINUTE;
const MOST_ATTEMPTS = 12;
const AT_A_RUN = 500;

interface Claimed {
  update_id: string;
  subscriber_id: string;
}

/**
 * Emails updates to everyone who had subscribed when they were posted. Each email is claimed before it is sent, and marked
 * after the mail server took it: a process that dies in between leaves a claim that runs out, and the email goes out again with
 * the same Message-ID, by which mail servers and programs know it. Returns how many were sent.
 */
export async function sendStatusEmails(
  db: Db,
  { signal, clock = systemClock }: { signal?: AbortSignal; clock?: Clock } = {},
): Promise<number> {
  await queueEmails(db, clock);
  let sent = 0;
  for (let tries = 0; tries < AT_A_RUN && !signal?.aborted; tries += 1) {
    const claimed = await claimEmail(db, clock);
    if (claimed === undefined) break;
    if (await sendClaimed(db, claimed, clock)) sent += 1;
  }
  return sent;
}

/** Makes the rows of all updates that have none yet: update and rows in one statement, so that each is queued once. */
async function queueEmails(db: Db, clock: Clock): Promise<void> {
  await db.$executeRaw`
    WITH new AS (
      UPDATE status_updates SET emails_made_at = ${clock.now()}::timestamptz
      WHERE emails_made_at IS NULL RETURNING id, created_at
    )
    INSERT INTO status_emails (update_id, subscriber_id, next_attempt_at)
    SELECT new.id, s.id, new.created_at FROM new JOIN status_subscribers s ON s.created_at <= new.created_at
    ON CONFLICT DO NOTHING`;
}

/** One at a time, oldest update first: a process that dies leaves one email in doubt, not a batch. */
async function claimEmail(db: Db, clock: Clock): Promise<Claimed | undefined> {
  const now = clock.now();
  const [claimed] = await db.$queryRaw<Claimed[]>`
    UPDATE status_emails SET attempts = attempts + 1,
      next_attempt_at = ${new Date(now.getTime() + CLAIM_MS)}::timestamptz
    WHERE (update_id, subscriber_id) = (
      SELECT update_id, subscriber_id FROM status_emails
      WHERE sent_at IS NULL AND next_attempt_at <= ${now}::timestamptz AND attempts < ${MOST_ATTEMPTS}::int
      ORDER BY next_attempt_at, update_id LIMIT 1 FOR UPDATE SKIP LOCKED)
    RETURNING update_id, subscriber_id`;
  return claimed;
}

async function sendClaimed(
  db: Db,
  { update_id: updateId, subscriber_id: subscriberId }: Claimed,
  clock: Clock,
): Promise<boolean> {
  const row = await db.statusEmail.findUnique({
    where: { updateId_subscriberId: { updateId, subscriberId } },
    include: { subscriber: true, update: { include: { notice: true } } },
  });
  // Unsubscribed since.
  if (row === null) return false;
  const { update, subscriber } = row;
  const token = unsubscribeToken(subscriberId);
  const email = statusUpdateEmail(
    {
      ...update.notice,
      noticeId: toPublicId("ntc", update.noticeId),
      state: update.state,
      text: update.text,
    },
    token,
  );
  try {
    await sendEmail({
      to: await decryptText(
        db,
        subscriberSubject(subscriberId),
        emailField(subscriberId),
        subscriber.emailCipher,
      ),
      ...email,
      messageId: `<${toPublicId("upd", updateId)}.${toPublicId("sub", subscriberId)}@${new URL(env().APP_URL).hostname}>`,
      headers: {
        "List-Unsubscribe": `<${portalUrl("/api/status/unsubscribe", { token })}>`,
        "List-Unsubscribe-Post": "List-Unsubscribe=One-Click",
      },
    });
  } catch (error) {
    // Without the message, which may contain the address.
    const reason =
      error instanceof AppError ? error.code : error instanceof Error ? error.name : typeof error;
    log().warn(
      { reason, subscriber: toPublicId("sub", subscriberId) },
      "a status email could not be sent yet",
    );
    return false;
  }
  await db.$executeRaw(Prisma.sql`
    UPDATE status_emails SET sent_at = ${clock.now()}::timestamptz
    WHERE update_id = ${updateId}::uuid AND subscriber_id = ${subscriberId}::uuid`);
  return true;
}
