import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { sha256 } from "../../platform/crypto/hash";
import { sendEmail } from "../../platform/mail/send-email";
import { decryptText, encryptText, transactWithKeys } from "../../privacy";
import { emailIndex } from "../email/email-address";
import { emailChangeUndoneEmail } from "../email/email-change-emails";
import { emailUser } from "../email/email-user";
import type { CallerContext } from "../schemas";
import { endEarlierAccess, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { invalidToken } from "../tokens/email-token";
import { claimEmail, emailTaken } from "../users/claim-email";
import { defaultOrgOf } from "../users/get-me";
import { emailField, userSubject } from "../users/user-fields";
import { type FollowEmail, isTaken } from "./confirm-email-change";
import { oldEmailField } from "./email-change-fields";
import type { EmailChangedView } from "./schemas";

interface Undo extends CallerContext {
  token: string;
  followEmail: FollowEmail;
  revokeKeysAndInvitations: RevokeKeysAndInvitations;
}

/**
 * Brings the old address back by the link in its mailbox, and ends all access as a password reset does, the password
 * included: whoever changed the address knew it. Second factors stay, because a mailbox never goes round them. Later
 * changes that began from the new address are undone with it.
 * @throws AppError `invalid_token`, `email_taken`.
 */
export async function undoEmailChange(
  db: Db,
  { token, ip, followEmail, revokeKeysAndInvitations }: Undo,
  clock: Clock = systemClock,
): Promise<EmailChangedView> {
  const now = clock.now();
  const good = { undoneAt: null, expiresAt: { gt: now }, user: { deletedAt: null } };
  const change = await db.emailChange.findFirst({ where: { undoTokenHash: sha256(token), ...good } });
  if (change === null) throw invalidToken();
  const { id, userId, createdAt } = change;
  const subject = userSubject(userId);
  const email = await decryptText(db, subject, oldEmailField(id), change.oldCipher);
  const { access, lost } = await transactWithKeys(db, [subject], async (tx) => {
    const account = await lockAccount(tx, userId);
    if (account === undefined) throw invalidToken();
    const { count } = await tx.emailChange.updateMany({
      where: { id, undoneAt: null },
      data: { undoneAt: now },
    });
    if (count === 0) throw invalidToken();
    // What the account had since, the last of which is its present address.
    await tx.emailChange.deleteMany({ where: { userId, id: { not: id }, createdAt: { gt: createdAt } } });
    const user = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { emailCipher: true } });
    const present = await decryptText(tx, subject, emailField(userId), user.emailCipher);
    await claimEmail(tx, { email, userId });
    await tx.user.update({
      where: { id: userId },
      data: {
        emailCipher: await encryptText(tx, subject, emailField(userId), email),
        emailIndex: emailIndex(email),
      },
    });
    const ended = await endEarlierAccess(
      tx,
      { userId, account, passwordHash: null, because: "email change undone", revokeKeysAndInvitations },
      clock,
    );
    await recordAuditIn(tx, ...ended.entries, {
      orgId: await defaultOrgOf(tx, userId),
      actor: { type: "user", id: userId },
      action: "account.email_change_undone",
      target: { type: "user", id: userId },
      details: { ...ended.counts, ...(await ipDetail(tx, subject, ip)) },
    });
    return { access: ended, lost: present };
  }).catch((error: unknown) => {
    throw isTaken(error) ? emailTaken() : error;
  });
  access.afterCommit(db);
  afterResponse("undo notice", () => emailUser(db, userId, emailChangeUndoneEmail()));
  afterResponse("undo notice to the other address", () =>
    sendEmail({ to: lost, ...emailChangeUndoneEmail() }),
  );
  afterResponse("email at others", () => followEmail(db, { userId, from: lost, to: email }));
  return { email };
}
