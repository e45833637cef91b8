import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { verificationEmail } from "../email/account-emails";
import { emailUser } from "../email/email-user";
import { throttleVerificationEmail } from "../sign-in/throttle";
import { issueEmailToken } from "../tokens/email-token";

/**
 * Mails a new verification link; the ones before it stop working.
 * @throws AppError `too_many_attempts`, `service_unavailable` when the mail server does not take the mail.
 */
export async function resendVerification(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
): Promise<{ status: "sent" | "already_verified" }> {
  const user = await db.user.findUnique({ where: { id: userId }, select: { emailVerifiedAt: true } });
  if (user === null) throw new AppError("not_found", { public: "Account not found." });
  if (user.emailVerifiedAt !== null) return { status: "already_verified" };
  await throttleVerificationEmail(db, { userId }, clock);
  const token = await db.$transaction((tx) =>
    issueEmailToken(tx, { userId, purpose: "verify_email" }, clock),
  );
  try {
    await emailUser(db, userId, verificationEmail(token));
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
