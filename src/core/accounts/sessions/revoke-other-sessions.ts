import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import type { RevokedSessionsView } from "../schemas";
import { forgetPrincipals } from "./load-user-principal";

/** Ends every sign-in of this person, portal and API, but the one that asks. API keys keep working. */
export async function revokeOtherSessions(
  db: Db,
  { userId, orgId, sessionId }: { userId: string; orgId: string; sessionId: string },
  clock: Clock = systemClock,
): Promise<RevokedSessionsView> {
  const now = clock.now();
  const revoked = await db.$transaction(async (tx) => {
    const { count } = await tx.session.updateMany({
      where: { userId, id: { not: sessionId }, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now },
    });
    if (count > 0) {
      await recordAuditIn(tx, {
        orgId,
        actor: { type: "user", id: userId },
        action: "auth.session_revoked",
        target: { type: "user", id: userId },
        details: { sessions: count, kept: sessionId },
      });
    }
    return count;
  });
  forgetPrincipals(userId);
  return { revoked };
}
