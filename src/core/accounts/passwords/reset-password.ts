import { type AuditEntry, recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { passwordResetDoneEmail } from "../email/account-emails";
import { emailUser } from "../email/email-user";
import type { CallerContext, ResetPasswordInput } from "../schemas";
import { endEarlierAccess, type RevokeKeysAndInvitations } from "../sign-in/end-earlier-access";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { recordOwnDevice } from "../sign-in/known-devices";
import { lockAccount } from "../sign-in/lock-account";
import { findEmailToken, invalidToken, spendEmailToken } from "../tokens/email-token";
import { loadMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { assertStrongPassword } from "./assert-strong-password";
import { hashPassword } from "./password";

/**
 * Sets a new password by an emailed link, which proves the email address, and ends all earlier access
 * (`endEarlierAccess`). A refused password leaves the link usable.
 * @throws AppError `invalid_token`, `weak_password`.
 */
export async function resetPassword(
  db: Db,
  {
    token,
    password,
    ip,
    userAgent,
    revokeKeysAndInvitations,
  }: ResetPasswordInput & CallerContext & { revokeKeysAndInvitations: RevokeKeysAndInvitations },
  clock: Clock = systemClock,
): Promise<{ password_changed: true }> {
  const { userId } = await findEmailToken(db, { token, purpose: "reset_password" }, clock);
  const me = await loadMe(db, { userId });
  await assertStrongPassword(password, { email: me?.view.user.email ?? "", name: me?.view.user.name ?? "" });
  const passwordHash = await hashPassword(password);
  const ended = await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    const account = await lockAccount(tx, userId);
    if (account === undefined) throw invalidToken();
    await spendEmailToken(tx, { token, purpose: "reset_password" }, clock);
    const because = "password reset";
    const access = await endEarlierAccess(
      tx,
      { userId, account, passwordHash, because, revokeKeysAndInvitations },
      clock,
    );
    await recordOwnDevice(tx, { userId, ip, userAgent }, clock);
    const address = await ipDetail(tx, userSubject(userId), ip);
    const entryOf = (action: AuditEntry["action"]): AuditEntry => ({
      orgId: me?.orgId ?? null,
      actor: { type: "user", id: userId },
      action,
      target: { type: "user", id: userId },
      details: { ...access.counts, ...address },
    });
    const proven = account.emailVerifiedAt === null ? [entryOf("auth.email_verified")] : [];
    await recordAuditIn(tx, ...access.entries, ...proven, entryOf("auth.password_reset"));
    return access;
  });
  ended.afterCommit(db);
  afterResponse("password notice", () => emailUser(db, userId, passwordResetDoneEmail(ended.counts)));
  return { password_changed: true };
}
