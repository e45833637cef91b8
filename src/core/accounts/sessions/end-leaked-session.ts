import { type AuditEntry, actorOf, recordAuditIn } from "../../audit";
import { type Clock, type Db, systemClock } from "../../platform";
import { sha256 } from "../../platform/crypto/hash";
import { forgetPrincipals } from "./load-user-principal";

/** The session of a refresh token, used or not; undefined for any other text. */
export async function sessionOfRefreshToken(db: Db, token: string): Promise<string | undefined> {
  const row = await db.refreshToken.findUnique({
    where: { tokenHash: sha256(token) },
    select: { sessionId: true },
  });
  return row?.sessionId;
}

/** Ends a session with its tokens, one of which was found. Undefined where it had ended. */
export async function endLeakedSession(
  db: Db,
  { sessionId, finding }: { sessionId: string; finding: AuditEntry["details"] },
  clock: Clock = systemClock,
): Promise<{ orgId: string; userId: string } | undefined> {
  const now = clock.now();
  const ended = await db.$transaction(async (tx) => {
    const [session] = await tx.session.updateManyAndReturn({
      where: { id: sessionId, revokedAt: null, expiresAt: { gt: now } },
      data: { revokedAt: now },
      select: { orgId: true, userId: true },
    });
    if (session === undefined) return undefined;
    await recordAuditIn(tx, {
      orgId: session.orgId,
      actor: actorOf(null),
      action: "auth.session_revoked",
      target: { type: "session", id: sessionId },
      details: finding,
    });
    return session;
  });
  if (ended !== undefined) forgetPrincipals(ended.userId);
  return ended;
}
