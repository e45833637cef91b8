import { emailIndexes, forgetPrincipals } from "../accounts";
import { recordAuditIn } from "../audit";
import { AppError, type Clock, type Db, systemClock, toPublicId } from "../platform";

/**
 * Makes a user an operator, or ends that; in effect everywhere within five seconds, the maximum age of a principal.
 * Only a command of the installation may call it.
 * @throws AppError `not_found`; `email_not_verified`.
 */
export async function appointOperator(
  db: Db,
  { email, operator }: { email: string; operator: boolean },
  clock: Clock = systemClock,
): Promise<{ userId: string; changed: boolean }> {
  const user = await db.user.findFirst({
    where: { emailIndex: { in: emailIndexes(email) }, deletedAt: null },
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
