import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { afterResponse } from "../../platform/concurrency/after-response";
import { transactWithKeys } from "../../privacy";
import { passwordResetEmail } from "../email/account-emails";
import { emailIndex, emailIndexes } from "../email/email-address";
import { emailUser } from "../email/email-user";
import type { CallerContext, RequestPasswordResetInput } from "../schemas";
import { ipDetail } from "../sign-in/ip-fingerprint";
import { mayEmailReset, throttleResetRequest } from "../sign-in/throttle";
import { issueEmailToken } from "../tokens/email-token";
import { defaultOrgOf } from "../users/get-me";
import { userSubject } from "../users/user-fields";

/**
 * Emails a link to choose a new password, if the email address has an account. The account is looked up after the
 * response, which therefore has the same content and timing for every address.
 * @throws AppError `too_many_attempts`, for unknown addresses too.
 */
export async function requestPasswordReset(
  db: Db,
  { email, ip }: RequestPasswordResetInput & CallerContext,
  clock: Clock = systemClock,
): Promise<{ requested: true }> {
  const index = emailIndex(email);
  await throttleResetRequest(db, { emailIndex: index, ip }, clock);
  afterResponse("password reset email", async () => {
    const user = await db.user.findFirst({
      where: { emailIndex: { in: emailIndexes(email) }, deletedAt: null },
      select: { id: true },
    });
    if (user === null || !(await mayEmailReset(db, { emailIndex: index }))) return;
    const token = await transactWithKeys(db, [userSubject(user.id)], async (tx) => {
      const issued = await issueEmailToken(tx, { userId: user.id, purpose: "reset_password" }, clock);
      await recordAuditIn(tx, {
        orgId: await defaultOrgOf(tx, user.id),
        // Anybody who knows the email address can ask.
        actor: { type: "anonymous", id: null },
        action: "auth.password_reset_requested",
        target: { type: "user", id: user.id },
        details: await ipDetail(tx, userSubject(user.id), ip),
      });
      return issued;
    });
    await emailUser(db, user.id, passwordResetEmail(token));
  });
  return { requested: true };
}
