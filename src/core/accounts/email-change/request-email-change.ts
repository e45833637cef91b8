import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, newId, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { randomToken, sha256 } from "../../platform/crypto/hash";
import { sendEmail } from "../../platform/mail/send-email";
import { encryptTexts, transactWithKeys } from "../../privacy";
import { emailIndex, emailIndexes } from "../email/email-address";
import { confirmEmailChangeEmail, emailChangeRequestedEmail } from "../email/email-change-emails";
import { emailUser } from "../email/email-user";
import type { CallerContext } from "../schemas";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { lockAccount } from "../sign-in/lock-account";
import { throttleEmailChange } from "../sign-in/throttle";
import { getUserEmail, userSubject } from "../users/user-fields";
import { CONFIRM_MS, isHeldForUndo, newEmailField, oldEmailField } from "./email-change-fields";
import type { EmailChangeRequestedView, RequestEmailChangeInput } from "./schemas";

interface SignedIn extends CallerContext {
  userId: string;
  orgId: string;
  sessionId: string;
  emailVerified: boolean;
}

/**
 * Sends a link to the new address, and tells the present one. Nothing changes before the link is used. An address that has
 * an account gets no email and the same answer, so that nobody learns of it. The caller asks for a step-up first.
 * @throws AppError `email_not_verified`, `invalid_request` for the present address, `too_many_attempts`.
 */
export async function requestEmailChange(
  db: Db,
  { userId, orgId, sessionId, emailVerified, email, ip }: SignedIn & RequestEmailChangeInput,
  clock: Clock = systemClock,
): Promise<EmailChangeRequestedView> {
  if (!emailVerified) {
    throw new AppError("email_not_verified", { public: "Verify your present email before you change it." });
  }
  const present = await getUserEmail(db, userId);
  if (present === undefined) throw new AppError("not_found", { public: "Account not found." });
  if (present === email) {
    throw new AppError("invalid_request", { public: "This is your email already.", param: "email" });
  }
  const newIndex = emailIndex(email);
  await throttleEmailChange(db, { userId, emailIndex: newIndex }, clock);
  const token = randomToken();
  const now = clock.now();
  const id = newId(now);
  const subject = userSubject(userId);
  await transactWithKeys(db, [subject], async (tx) => {
    if ((await lockAccount(tx, userId)) === undefined)
      throw new AppError("not_found", { public: "Account not found." });
    const [oldCipher, newCipher] = await encryptTexts(tx, [
      { subject, field: oldEmailField(id), text: present },
      { subject, field: newEmailField(id), text: email },
    ]);
    if (oldCipher === undefined || newCipher === undefined) throw new Error("two texts were not encrypted");
    // A newer link replaces the one before.
    await tx.emailChange.deleteMany({ where: { userId, confirmedAt: null } });
    await tx.emailChange.create({
      data: {
        id,
        userId,
        sessionId,
        oldCipher,
        oldIndex: emailIndex(present),
        newCipher,
        newIndex,
        tokenHash: sha256(token),
        createdAt: now,
        expiresAt: new Date(now.getTime() + CONFIRM_MS),
      },
    });
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "account.email_change_requested",
      target: { type: "user", id: userId },
      details: await ipDetail(tx, subject, ip),
    });
  });
  const taken =
    (await db.user.count({ where: { emailIndex: { in: emailIndexes(email) } } })) > 0 ||
    (await isHeldForUndo(db, { emailIndexes: emailIndexes(email), exceptUserId: userId }, clock));
  afterResponse("email change notice", () => emailUser(db, userId, emailChangeRequestedEmail()));
  // After the response, so that its time does not show whether a link is sent.
  if (!taken) {
    afterResponse("link of an email change", () =>
      sendEmail({ to: email, ...confirmEmailChangeEmail(token) }),
    );
  }
  return { status: "sent" };
}
