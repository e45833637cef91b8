import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { forgetPrincipals } from "./load-user-principal";

/** Ends one sign-in of this person, with its refresh tokens. Ending it twice is the same as once. */
export async function endSession(
  db: Db,
  { userId, sessionId }: { userId: string; sessionId: string },
  clock: Clock = systemClock,
): Promise<void> {
  await db.$transaction(async (tx) => {
    const [ended] = await tx.session.updateManyAndReturn({
      where: { id: sessionId, userId, revokedAt: null },
      data: { revokedAt: clock.now() },
      select: { orgId: true },
    });
    if (ended === undefined) return;
    await recordAuditIn(tx, {
      orgId: ended.orgId,
      actor: { type: "user", id: userId },
      action: "auth.logged_out",
      target: { type: "session", id: sessionId },
    });
  });
  forgetPrincipals(userId);
}
