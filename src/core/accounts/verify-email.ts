import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { spendEmailToken } from "./email-token";
import { homeOrgOf } from "./home-org";
import { forgetPrincipals } from "./load-user-principal";
import type { VerifyEmailInput } from "./schemas";

/** Confirms the address a link was mailed to. @throws AppError `invalid_token`. */
export async function verifyEmail(
  db: Db,
  { token }: VerifyEmailInput,
  clock: Clock = systemClock,
): Promise<{ email_verified: true }> {
  const { userId } = await db.$transaction(async (tx) => {
    const spent = await spendEmailToken(tx, { token, purpose: "verify_email" }, clock);
    await tx.user.updateMany({
      where: { id: spent.userId, emailVerifiedAt: null },
      data: { emailVerifiedAt: clock.now(), updatedAt: clock.now() },
    });
    await recordAuditIn(tx, {
      orgId: await homeOrgOf(tx, spent.userId),
      actor: { type: "user", id: spent.userId },
      action: "auth.email_verified",
      target: { type: "user", id: spent.userId },
    });
    return spent;
  });
  forgetPrincipals(userId);
  return { email_verified: true };
}
