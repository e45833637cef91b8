import { recordAuditIn } from "../audit";
import { type Clock, systemClock } from "../platform/clock";
import { sha256 } from "../platform/crypto/hash";
import type { Db, Tx } from "../platform/db";
import { AppError } from "../platform/errors";
import { newId } from "../platform/ids";
import { log } from "../platform/log";
import { loadMe } from "./get-me";
import { forgetPrincipals } from "./load-user-principal";
import { type OpenedSession, SESSION_MS } from "./open-session";
import { isRefreshToken, issueRefreshToken } from "./refresh-token";
import type { RefreshInput, SignedInView } from "./schemas";
import { signInAnswer } from "./sign-in-answer";

/**
 * Exchanges a refresh token for a new access token and the token's successor (RFC 9700 §4.14.2).
 *
 * A token works once: its row is spent by one conditional update, so of any number of simultaneous uses at most one is
 * answered with tokens. Every other use, then or later, is taken for theft and ends the session with all its tokens,
 * the newest included, because nobody can tell the thief's use from the owner's. A client must therefore not send the
 * same token twice: it waits for the first answer, and signs in again if that answer was lost.
 * @throws AppError `invalid_refresh_token`.
 */
export async function refreshSession(
  db: Db,
  { refresh_token: token }: RefreshInput,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  if (!isRefreshToken(token)) throw invalidRefreshToken();
  const tokenHash = sha256(token);
  const rotated = await db.$transaction(async (tx) => await rotate(tx, tokenHash, clock));
  if (rotated === undefined) {
    await endFamilyOfSpent(db, tokenHash, clock);
    throw invalidRefreshToken();
  }
  const me = await loadMe(db, { userId: rotated.session.userId, orgId: rotated.session.orgId });
  if (me === undefined) throw invalidRefreshToken();
  return await signInAnswer(me.view, rotated.session, rotated.refreshToken, clock);
}

interface Rotated {
  session: OpenedSession;
  refreshToken: string;
}

/** Undefined when the token is unknown, spent or expired, or when its session has ended. */
async function rotate(
  tx: Tx,
  tokenHash: Uint8Array<ArrayBuffer>,
  clock: Clock,
): Promise<Rotated | undefined> {
  const now = clock.now();
  const id = newId(now);
  const [spent] = await tx.refreshToken.updateManyAndReturn({
    where: { tokenHash, usedAt: null, expiresAt: { gt: now } },
    data: { usedAt: now, replacedBy: id },
    select: { sessionId: true },
  });
  if (spent === undefined) return undefined;
  const [session] = await tx.session.updateManyAndReturn({
    where: {
      id: spent.sessionId,
      kind: "api",
      revokedAt: null,
      expiresAt: { gt: now },
      user: { deletedAt: null },
    },
    data: { lastSeenAt: now, expiresAt: new Date(now.getTime() + SESSION_MS) },
    select: { id: true, userId: true, orgId: true, sessionVersion: true },
  });
  if (session === undefined) return undefined;
  return {
    session: { ...session, sessionId: session.id },
    refreshToken: await issueRefreshToken(tx, { sessionId: session.id, id }, clock),
  };
}

async function endFamilyOfSpent(db: Db, tokenHash: Uint8Array<ArrayBuffer>, clock: Clock): Promise<void> {
  const ended = await db.$transaction(async (tx) => {
    const [session] = await tx.session.updateManyAndReturn({
      where: { revokedAt: null, refreshTokens: { some: { tokenHash, usedAt: { not: null } } } },
      data: { revokedAt: clock.now() },
      select: { id: true, userId: true, orgId: true },
    });
    if (session === undefined) return undefined;
    await recordAuditIn(tx, {
      orgId: session.orgId,
      // The owner or a thief: nobody can tell.
      actor: { type: "anonymous", id: null },
      action: "auth.refresh_token_reused",
      target: { type: "session", id: session.id },
    });
    return session;
  });
  if (ended === undefined) return;
  forgetPrincipals(ended.userId);
  log().warn({ session_id: ended.id }, "a spent refresh token was used again: its session was ended");
}

function invalidRefreshToken(): AppError {
  return new AppError("invalid_refresh_token", {
    public: "The refresh token is not valid any more. Sign in again.",
    param: "refresh_token",
  });
}
