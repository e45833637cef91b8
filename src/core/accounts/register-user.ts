import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { sendMail } from "../platform/mail";
import { addressDetail } from "./address-block";
import { afterAnswer } from "./after-answer";
import { assertStrongPassword } from "./assert-strong-password";
import { createUser, emailTaken } from "./create-user";
import { emailIndex } from "./email";
import { issueEmailToken } from "./email-token";
import { verificationLetter } from "./mails";
import { openSession } from "./open-session";
import { hashPassword } from "./password";
import { issueRefreshToken } from "./refresh-token";
import type { CallerContext, RegisterInput, SignedInView } from "./schemas";
import { signInAnswer } from "./sign-in-answer";
import { throttleRegistration } from "./throttle";

/**
 * Registers a person and signs them in. User, keys, organization, session and the secret of the verification mail are
 * one commit; the mail follows it, and its failure is only logged: it can be asked for again.
 * @throws AppError `weak_password`, `email_taken` (both name their param), `too_many_attempts`.
 */
export async function registerUser(
  db: Db,
  { email, password, name, ip, userAgent }: RegisterInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  await throttleRegistration(db, { ip }, clock);
  await assertStrongPassword(password, { email, name });
  const taken = await db.user.findUnique({ where: { emailIndex: emailIndex(email) }, select: { id: true } });
  if (taken !== null) throw emailTaken();
  const passwordHash = await hashPassword(password);

  const created = await createUser(
    db,
    { email, name, passwordHash, emailVerified: false },
    async (tx, user) => {
      const session = await openSession(tx, { ...user, kind: "api", ip, userAgent }, clock);
      const refreshToken = await issueRefreshToken(tx, session, clock);
      const verification = await issueEmailToken(tx, { userId: user.userId, purpose: "verify_email" }, clock);
      await recordAuditIn(tx, {
        orgId: user.orgId,
        actor: { type: "user", id: user.userId },
        action: "auth.registered",
        target: { type: "user", id: user.userId },
        details: { method: "password", ...addressDetail(ip) },
      });
      return { view: user.view, session, refreshToken, verification };
    },
    clock,
  );
  afterAnswer("verification mail", () =>
    sendMail({ to: email, ...verificationLetter(created.verification) }),
  );
  return await signInAnswer(created.view, created.session, created.refreshToken, clock);
}
