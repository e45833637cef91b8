import { AppError, type Clock, type Db, type Principal, systemClock } from "../../platform";
import { alreadyRegisteredEmail, verificationEmail } from "../email/account-emails";
import { emailUser } from "../email/email-user";
import type { VerificationView } from "../schemas";
import { throttleVerificationEmail } from "../sign-in/throttle";
import { findEmailToken, invalidToken, issueEmailToken } from "../tokens/email-token";
import { getUserEmail } from "../users/user-fields";

/** What a verification link would verify. Changes nothing, because mail scanners follow links too. @throws AppError `invalid_token`. */
export async function getVerification(
  db: Db,
  { token, principal }: { token: string; principal: Principal | null },
  clock: Clock = systemClock,
): Promise<VerificationView> {
  const { userId } = await findEmailToken(db, { token, purpose: "verify_email" }, clock);
  const email = await getUserEmail(db, userId);
  if (email === undefined) throw invalidToken();
  return { email, needs_password: principal?.userId !== userId };
}

/**
 * Sends a new verification link; earlier links stop working. A provisional account gets the same response, and its mailbox
 * hears again that the address has an account.
 * @throws AppError `too_many_attempts`, `service_unavailable` when the mail server does not accept the email.
 */
export async function resendVerification(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
): Promise<{ status: "sent" | "already_verified" }> {
  const user = await db.user.findUnique({
    where: { id: userId },
    select: { emailVerifiedAt: true, provisionalIndex: true },
  });
  if (user === null) throw new AppError("not_found", { public: "Account not found." });
  if (user.emailVerifiedAt !== null) return { status: "already_verified" };
  await throttleVerificationEmail(db, { userId }, clock);
  const token = await db.$transaction((tx) =>
    issueEmailToken(tx, { userId, purpose: "verify_email" }, clock),
  );
  try {
    const provisional = user.provisionalIndex !== null;
    await emailUser(db, userId, provisional ? alreadyRegisteredEmail() : verificationEmail(token));
  } catch (error) {
    throw new AppError("service_unavailable", {
      public: "The email could not be sent. Try again in a minute.",
      internal: "the mail server did not take a verification mail",
      retryAfterSeconds: 60,
      cause: error,
    });
  }
  return { status: "sent" };
}
