import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { isAmong } from "../../platform/crypto/blind-index/blind-index";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { Prisma } from "../../platform/db/client";
import { sendEmail } from "../../platform/mail/send-email";
import { decryptText, encryptText, type KeyedTx, transactWithKeys } from "../../privacy";
import { emailIndex, emailIndexes } from "../email/email-address";
import { emailChangedEmail, newEmailInUseEmail } from "../email/email-change-emails";
import { emailUser } from "../email/email-user";
import type { CallerContext } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { revokeSessions } from "../sessions/revoke-sessions";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { invalidToken } from "../tokens/email-token";
import { claimEmail, emailTaken } from "../users/claim-email";
import { defaultOrgOf } from "../users/get-me";
import { emailField, userSubject } from "../users/user-fields";
import { isHeldForUndo, newEmailField, oldEmailField, UNDO_MS } from "./email-change-fields";
import type { EmailChangedView } from "./schemas";

/** Follows the person's address where another noun keeps a copy; runs after the response. */
export type FollowEmail = (db: Db, change: { userId: string; from: string; to: string }) => Promise<void>;

/**
 * Changes the address by the link in the new mailbox. Every session but the one that asked ends, and emailed links to the
 * old address stop working. The old address gets a link that undoes it for seven days.
 * @throws AppError `invalid_token`, `email_taken`.
 */
export async function confirmEmailChange(
  db: Db,
  { token, ip, followEmail }: CallerContext & { token: string; followEmail: FollowEmail },
  clock: Clock = systemClock,
): Promise<EmailChangedView> {
  const now = clock.now();
  const change = await db.emailChange.findFirst({
    where: {
      tokenHash: sha256(token),
      confirmedAt: null,
      expiresAt: { gt: now },
      user: { deletedAt: null },
    },
  });
  if (change === null) throw invalidToken();
  const { id, userId } = change;
  const subject = userSubject(userId);
  const undoToken = randomToken();
  const [from, to] = [
    await decryptText(db, subject, oldEmailField(id), change.oldCipher),
    await decryptText(db, subject, newEmailField(id), change.newCipher),
  ];
  await transactWithKeys(db, [subject], async (tx) => {
    await assertUnchanged(tx, { userId, from });
    const held = { emailIndexes: emailIndexes(to), exceptUserId: userId };
    if (await isHeldForUndo(tx, held, clock)) throw emailTaken();
    await claimEmail(tx, { email: to, userId });
    const { count } = await tx.emailChange.updateMany({
      where: { id, confirmedAt: null, expiresAt: { gt: now } },
      data: {
        confirmedAt: now,
        undoTokenHash: sha256(undoToken),
        expiresAt: new Date(now.getTime() + UNDO_MS),
      },
    });
    if (count === 0) throw invalidToken();
    await tx.user.update({
      where: { id: userId },
      data: {
        emailCipher: await encryptText(tx, subject, emailField(userId), to),
        emailIndex: emailIndex(to),
        emailVerifiedAt: now,
        updatedAt: now,
      },
    });
    await revokeSessions(tx, { userId, exceptSessionId: change.sessionId }, clock);
    await tx.emailToken.updateMany({ where: { userId, usedAt: null }, data: { usedAt: now } });
    await recordAuditIn(tx, {
      orgId: await defaultOrgOf(tx, userId),
      actor: { type: "user", id: userId },
      action: "account.email_changed",
      target: { type: "user", id: userId },
      details: await ipDetail(tx, subject, ip),
    });
  }).catch((error: unknown) => {
    throw isTaken(error) ? emailTaken() : error;
  });
  forgetPrincipals(userId);
  afterResponse("old email notice", () => sendEmail({ to: from, ...emailChangedEmail(undoToken) }));
  afterResponse("new email notice", () => emailUser(db, userId, newEmailInUseEmail()));
  afterResponse("email at others", () => followEmail(db, { userId, from, to }));
  return { email: to };
}

/** The address may have been changed by another link since; then this one is worth nothing. */
async function assertUnchanged(
  tx: KeyedTx,
  { userId, from }: { userId: string; from: string },
): Promise<void> {
  const account = await lockAccount(tx, userId);
  const { emailIndex: stored } = await tx.user.findUniqueOrThrow({
    where: { id: userId },
    select: { emailIndex: true },
  });
  if (account === undefined || !isAmong(stored, emailIndexes(from))) throw invalidToken();
}

export function isTaken(error: unknown): boolean {
  return error instanceof Prisma.PrismaClientKnownRequestError && error.code === "P2002";
}
