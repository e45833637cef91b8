import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { AppError } from "../../platform/errors";
import { toPublicId } from "../../platform/ids";
import type { RevokedSessionView } from "../schemas";
import { forgetPrincipals } from "./load-user-principal";

/**
 * Ends one sign-in of this person with its tokens: here at once, in every other process within five seconds. Ending it
 * again changes nothing.
 * @throws AppError `not_found`, also for another person's session.
 */
export async function revokeSession(
  db: Db,
  { userId, orgId, id }: { userId: string; orgId: string; id: string },
  clock: Clock = systemClock,
): Promise<RevokedSessionView> {
  const session = await db.session.findUnique({ where: { id, userId }, select: { id: true } });
  if (session === null) throw new AppError("not_found", { public: "There is no such session.", param: "id" });
  await db.$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { id, userId, revokedAt: null },
      data: { revokedAt: clock.now() },
    });
    if (count === 0) return;
    await recordAuditIn(tx, {
      orgId,
      actor: { type: "user", id: userId },
      action: "auth.session_revoked",
      target: { type: "session", id },
    });
  });
  forgetPrincipals(userId);
  return { id: toPublicId("ses", id), object: "session", deleted: true, revoked: true };
}
