import { emailIndex, forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import type { Db } from "../platform/db/client";
import { AppError } from "../platform/errors";
import { toPublicId } from "../platform/ids";

/**
 * Makes a person one of our operators, or ends that; everywhere within five seconds, for principals are that old at
 * most. Only whoever runs the installation may: it is a command, and part of no face.
 * @throws AppError `not_found`; `email_not_verified`, for the console takes only confirmed addresses.
 */
export async function appointOperator(
  db: Db,
  { email, operator }: { email: string; operator: boolean },
  clock: Clock = systemClock,
): Promise<{ userId: string; changed: boolean }> {
  const user = await db.user.findUnique({
    where: { emailIndex: emailIndex(email), deletedAt: null },
    select: { id: true, emailVerifiedAt: true },
  });
  if (user === null) throw new AppError("not_found", { public: "No account has this email." });
  if (operator && user.emailVerifiedAt === null) {
    throw new AppError("email_not_verified", { public: "This email is not verified yet." });
  }
  const changed = await db.$transaction(async (tx) => {
    const role = operator ? "operator" : "user";
    const { count } = await tx.user.updateMany({
      where: { id: user.id, role: { not: role } },
      data: { role, updatedAt: clock.now() },
    });
    if (count === 0) return false;
    await recordAuditIn(tx, {
      orgId: null,
      actor: { type: "operator", id: null },
      action: operator ? "operator.granted" : "operator.revoked",
      target: { type: "user", id: user.id },
    });
    return true;
  });
  forgetPrincipals(user.id);
  return { userId: toPublicId("usr", user.id), changed };
}
