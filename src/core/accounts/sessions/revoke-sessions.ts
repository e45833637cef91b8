import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, systemClock, type Tx, toPublicId } from "../../platform";
import type { RevokedSessionsView, RevokedSessionView } from "../schemas";
import { defaultOrgOf } from "../users/get-me";
import { forgetPrincipals } from "./load-user-principal";

/**
 * Revokes one of the user's sessions with its tokens, everywhere within five seconds. Idempotent.
 * @throws AppError `not_found`, also for another user's session.
 */
export async function revokeSession(
  db: Db,
  { userId, orgId, id }: { userId: string; orgId: string; id: string },
  clock: Clock = systemClock,
): Promise<RevokedSessionView> {
  const session = await db.session.findUnique({ where: { id, userId }, select: { id: true } });
  if (session === null) throw new AppError("not_found", { public: "Session not found.", param: "id" });
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

/** Revokes all of the user's sessions, portal and API, except the calling one. API keys keep working. */
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

/** Revokes all of the user's sessions, the calling one included. API keys belong to organizations and stay. */
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
 * Call it after changing the user's row in the same transaction: a concurrent sign-in has then either committed its
 * session, which is revoked here, or will find the row changed.
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

/**
 * Revokes the sessions of somebody whom their company no longer employs: those that act in its organization, and those that
 * it signed in, wherever they act. Others are no concern of the company's.
 */
export async function revokeSessionsOfCompany(
  tx: Tx,
  { userId, orgId, now }: { userId: string; orgId: string; now: Date },
): Promise<number> {
  const connection = await tx.companyConnection.findUnique({ where: { orgId }, select: { id: true } });
  const { count } = await tx.session.updateMany({
    where: {
      userId,
      revokedAt: null,
      OR: [{ orgId }, ...(connection === null ? [] : [{ connectionId: connection.id }])],
    },
    data: { revokedAt: now },
  });
  return count;
}
