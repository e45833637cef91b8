import { recordAuditIn } from "../../audit";
import { type Clock, systemClock } from "../../platform/clock";
import type { Db, Tx } from "../../platform/db/client";
import { defaultOrgOf } from "../sign-in/home-org";
import { forgetPrincipals } from "./load-user-principal";

/** Ends every session of this person, portal and API, this one included. API keys are the organization's and stay. */
export async function signOutEverywhere(
  db: Db,
  { userId }: { userId: string },
  clock: Clock = systemClock,
): Promise<{ signed_out: true }> {
  await db.$transaction(async (tx) => {
    await tx.user.update({
      where: { id: userId },
      data: { sessionVersion: { increment: 1 }, updatedAt: clock.now() },
    });
    await revokeSessions(tx, { userId }, clock);
    await recordAuditIn(tx, {
      orgId: await defaultOrgOf(tx, userId),
      actor: { type: "user", id: userId },
      action: "auth.signed_out_everywhere",
      target: { type: "user", id: userId },
    });
  });
  forgetPrincipals(userId);
  return { signed_out: true };
}

/**
 * Runs after the user's row was changed in the same transaction: a sign-in that was under way has by then either
 * committed its session, which ends here, or will find the row changed.
 */
export async function revokeSessions(
  tx: Tx,
  { userId, exceptSessionId }: { userId: string; exceptSessionId?: string },
  clock: Clock,
): Promise<void> {
  await tx.session.updateMany({
    where: {
      userId,
      revokedAt: null,
      ...(exceptSessionId === undefined ? {} : { id: { not: exceptSessionId } }),
    },
    data: { revokedAt: clock.now() },
  });
}
