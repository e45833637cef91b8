import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { passwordChangedEmail } from "../email/account-emails";
import { emailUser } from "../email/email-user";
import type { CallerContext, ChangePasswordInput } from "../schemas";
import { forgetPrincipals } from "../sessions/load-user-principal";
import { revokeSessions } from "../sessions/revoke-sessions";
import { assertStillProven, authenticate } from "../sign-in/authenticate";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { provisionalTag } from "../sign-up/provisional-account";
import { retireEmailTokens } from "../tokens/email-token";
import { getMe } from "../users/get-me";
import { userSubject } from "../users/user-fields";
import { assertStrongPassword } from "./assert-strong-password";
import { hashPassword, passwordGate } from "./password";

interface SignedInCaller extends CallerContext {
  userId: string;
  orgId: string;
  sessionId: string;
}

/**
 * Changes the password of a user who knows the current one, and ends all other sessions and pending reset links. Guesses
 * at the current password are throttled like sign-ins.
 * @throws AppError `invalid_login` (param `current_password`), `weak_password`, `too_many_attempts`.
 */
export async function changePassword(
  db: Db,
  { userId, orgId, sessionId, ip, ...input }: ChangePasswordInput & SignedInCaller,
  clock: Clock = systemClock,
): Promise<{ password_changed: true }> {
  const { user } = await getMe(db, { userId, orgId });
  const proven = await authenticate(
    db,
    { email: user.email, password: input.current_password, ip, userId },
    clock,
  ).catch((error: unknown) => {
    throw error instanceof AppError && error.code === "invalid_login" ? wrongPassword() : error;
  });
  await assertStrongPassword(input.new_password, user, "new_password");
  const passwordHash = await hashPassword(input.new_password);
  // For every account alike, so that the time does not tell which are provisional.
  const tag = await passwordGate.run(() => provisionalTag(user.email, input.new_password));
  await transactWithKeys(db, [userSubject(userId)], async (tx) => {
    await assertStillProven(tx, proven);
    await tx.user.update({ where: { id: userId }, data: { passwordHash, updatedAt: clock.now() } });
    await tx.user.updateMany({
      where: { id: userId, provisionalTag: { not: null } },
      data: { provisionalTag: tag },
    });
    await retireEmailTokens(tx, { userId, purpose: "reset_password" }, clock);
    await revokeSessions(tx, { userId, exceptSessionId: sessionId }, clock);
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.password_changed",
      target: { type: "user", id: userId },
      details: await ipDetail(tx, userSubject(userId), ip),
    });
  });
  forgetPrincipals(userId);
  afterResponse("password notice", () => emailUser(db, userId, passwordChangedEmail()));
  return { password_changed: true };
}

function wrongPassword(): AppError {
  return new AppError("invalid_login", {
    public:
      "The current password is wrong. If your account has no password yet, set one with a password reset.",
    param: "current_password",
  });
}
