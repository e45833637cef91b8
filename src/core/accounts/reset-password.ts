import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { afterAnswer } from "./after-answer";
import { assertStrongPassword } from "./assert-strong-password";
import { findEmailToken, spendEmailToken } from "./email-token";
import { loadMe } from "./get-me";
import { forgetPrincipals } from "./load-user-principal";
import { mailUser } from "./mail-user";
import { passwordChangedLetter } from "./mails";
import { hashPassword } from "./password";
import type { ResetPasswordInput } from "./schemas";
import { revokeSessions } from "./sign-out-everywhere";

/**
 * Sets a new password by a mailed link and ends every session. A refused password leaves the link usable. It does not
 * confirm the address: whoever registered with someone else's address must not gain by that person's reset.
 * @throws AppError `invalid_token`, `weak_password`.
 */
export async function resetPassword(
  db: Db,
  { token, password }: ResetPasswordInput,
  clock: Clock = systemClock,
): Promise<{ password_changed: true }> {
  const { userId } = await findEmailToken(db, { token, purpose: "reset_password" }, clock);
  const me = await loadMe(db, { userId });
  await assertStrongPassword(password, { email: me?.view.user.email ?? "", name: me?.view.user.name ?? "" });
  const passwordHash = await hashPassword(password);
  await db.$transaction(async (tx) => {
    await spendEmailToken(tx, { token, purpose: "reset_password" }, clock);
    await tx.user.update({
      where: { id: userId },
      data: { passwordHash, sessionVersion: { increment: 1 }, updatedAt: clock.now() },
    });
    await revokeSessions(tx, { userId }, clock);
    await recordAuditIn(tx, {
      orgId: me?.orgId ?? null,
      actor: { type: "user", id: userId },
      action: "auth.password_reset",
      target: { type: "user", id: userId },
    });
  });
  forgetPrincipals(userId);
  afterAnswer("password notice", () => mailUser(db, userId, passwordChangedLetter()));
  return { password_changed: true };
}
