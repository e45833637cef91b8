import { recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import type { LogoutInput } from "../schemas";
import { forgetPrincipals } from "./load-user-principal";

/**
 * Ends the session of a refresh token, used or not. An unknown token gets the same response (RFC 7009 §2.2), since the
 * caller only wants it not to work.
 */
export async function logout(
  db: Db,
  { refresh_token: token }: LogoutInput,
  clock: Clock = systemClock,
): Promise<{ signed_out: true }> {
  const found = await db.refreshToken.findUnique({
    where: { tokenHash: sha256(token) },
    select: { sessionId: true, session: { select: { userId: true } } },
  });
  if (found !== null)
    await endSession(db, { userId: found.session.userId, sessionId: found.sessionId }, clock);
  return { signed_out: true };
}

/** Ends one session of the user, with its refresh tokens. Idempotent. */
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
