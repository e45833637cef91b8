import { type Clock, systemClock } from "../platform/clock";
import type { DbOrTx } from "../platform/db";
import { forgetPrincipals } from "./load-user-principal";

/** Ends one sign-in of this person, with its refresh tokens. Ending it twice is the same as once. */
export async function endSession(
  db: DbOrTx,
  { userId, sessionId }: { userId: string; sessionId: string },
  clock: Clock = systemClock,
): Promise<void> {
  await db.session.updateMany({
    where: { id: sessionId, userId, revokedAt: null },
    data: { revokedAt: clock.now() },
  });
  forgetPrincipals(userId);
}
