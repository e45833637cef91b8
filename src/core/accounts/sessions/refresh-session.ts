import { recordAuditIn } from "../../audit";
import { AppError, type Clock, type Db, newId, SECOND, systemClock, type Tx } from "../../platform";
import { type Bytes, constantTimeEqual, sha256 } from "../../platform/crypto/hash";
import { log } from "../../platform/observability/log";
import { assertNotSuspended } from "../../suspensions";
import type { CallerContext, RefreshInput, SignedInView } from "../schemas";
import {
  clientFingerprints,
  isRefreshToken,
  storeRefreshToken,
  successorOf,
  successorsOf,
} from "../tokens/refresh-token";
import { loadMe } from "../users/get-me";
import { type SessionRef, toSignedInView } from "./create-session";
import { forgetPrincipals } from "./load-user-principal";
import { endOfLife, expiryAfterUse } from "./session-life";

/** How long a client that lost the response may repeat the exchange. */
const REPEAT_MS = 30 * SECOND;

/**
 * Exchanges a refresh token for a new access token and the token's successor (RFC 9700 §4.14.2).
 *
 * A token has one successor. The same client (`clientFingerprints`) may send a used token again within 30 seconds, as long
 * as the successor is unused, and gets that successor again: the first response may have been lost. Every other use of
 * a used token counts as theft and ends the session with all its tokens, because the thief's use cannot be told from the
 * owner's. The session's row is locked first, which serializes concurrent uses.
 * @throws AppError `invalid_refresh_token`, `suspended`.
 */
export async function refreshSession(
  db: Db,
  { refresh_token: token, ip, userAgent }: RefreshInput & CallerContext,
  clock: Clock = systemClock,
): Promise<SignedInView> {
  if (!isRefreshToken(token)) throw invalidRefreshToken();
  const clients = clientFingerprints({ ip, userAgent });
  const exchange = await db.$transaction(async (tx) => await exchangeToken(tx, { token, clients }, clock));
  if (exchange.outcome === "reused") {
    forgetPrincipals(exchange.session.userId);
    const { sessionId } = exchange.session;
    log().warn({ session_id: sessionId }, "a spent refresh token was used again: its session was ended");
  }
  if (exchange.outcome !== "exchanged") throw invalidRefreshToken();
  const { session, successor } = exchange;
  const me = await loadMe(db, { userId: session.userId, orgId: session.orgId });
  if (me === undefined) throw invalidRefreshToken();
  return await toSignedInView(me.view, session, successor, clock);
}

type Exchange =
  | { outcome: "exchanged"; session: SessionRef; successor: string }
  | { outcome: "reused"; session: SessionRef }
  /** The token is unknown or has expired, or its session has ended. */
  | { outcome: "refused" };

interface Presented {
  token: string;
  clients: readonly Bytes[];
}

async function exchangeToken(tx: Tx, presented: Presented, clock: Clock): Promise<Exchange> {
  const now = clock.now();
  const tokenHash = sha256(presented.token);
  const session = await lockSession(tx, tokenHash);
  if (session === undefined || session.expiresAt <= now || endOfLife(session) <= now) {
    return { outcome: "refused" };
  }
  // Before the token counts as used: it is good again once the account is reinstated.
  await assertNotSuspended(tx, session);
  const row = await tx.refreshToken.findUniqueOrThrow({ where: { tokenHash } });
  const expiresAt = expiryAfterUse(session, now);
  if (row.usedAt === null) {
    if (row.expiresAt <= now) return { outcome: "refused" };
    const id = newId(now);
    const successor = successorOf(presented.token, id);
    await tx.refreshToken.update({
      where: { id: row.id },
      data: { usedAt: now, usedBy: presented.clients[0] ?? null, replacedBy: id },
    });
    await storeRefreshToken(tx, { id, sessionId: session.sessionId, token: successor, expiresAt }, now);
    await tx.session.update({ where: { id: session.sessionId }, data: { lastSeenAt: now, expiresAt } });
    return { outcome: "exchanged", session, successor };
  }
  const successor = await repeatable(tx, { ...row, usedAt: row.usedAt }, presented, now);
  if (successor !== undefined) return { outcome: "exchanged", session, successor };
  await endReused(tx, session, now);
  return { outcome: "reused", session };
}

interface Locked extends SessionRef {
  createdAt: Date;
  expiresAt: Date;
  operator: boolean;
}

/** The token's session, locked until the commit; undefined when it has ended. */
async function lockSession(tx: Tx, tokenHash: Bytes): Promise<Locked | undefined> {
  const [session] = await tx.$queryRaw<Locked[]>`
    SELECT s.id AS "sessionId", s.user_id AS "userId", s.org_id AS "orgId", s.session_version AS "sessionVersion",
      s.created_at AS "createdAt", s.expires_at AS "expiresAt", u.role = 'operator' AS "operator"
    FROM sessions s JOIN users u ON u.id = s.user_id AND u.deleted_at IS NULL
    WHERE s.id = (SELECT session_id FROM refresh_tokens WHERE token_hash = ${tokenHash})
      AND s.kind = 'api' AND s.revoked_at IS NULL
    FOR NO KEY UPDATE OF s`;
  return session;
}

/** The successor given for this token before, if the same client may be repeating after a lost response. */
async function repeatable(
  tx: Tx,
  spent: { usedAt: Date; usedBy: Uint8Array | null; replacedBy: string | null },
  { token, clients }: Presented,
  now: Date,
): Promise<string | undefined> {
  const { usedAt, usedBy, replacedBy } = spent;
  if (replacedBy === null || usedBy === null) return undefined;
  if (!clients.some((client) => constantTimeEqual(usedBy, client))) return undefined;
  if (now.getTime() - usedAt.getTime() > REPEAT_MS) return undefined;
  const unused = await tx.refreshToken.findFirst({
    where: { id: replacedBy, usedAt: null },
    select: { tokenHash: true },
  });
  if (unused === null) return undefined;
  return successorsOf(token, replacedBy).find((successor) =>
    constantTimeEqual(sha256(successor), unused.tokenHash),
  );
}

async function endReused(tx: Tx, { sessionId, orgId }: SessionRef, now: Date): Promise<void> {
  await tx.session.update({ where: { id: sessionId }, data: { revokedAt: now } });
  await recordAuditIn(tx, {
    orgId,
    // The owner or a thief.
    actor: { type: "anonymous", id: null },
    action: "auth.refresh_token_reused",
    target: { type: "session", id: sessionId },
  });
}

function invalidRefreshToken(): AppError {
  return new AppError("invalid_refresh_token", {
    public: "The refresh token is no longer valid. Sign in again.",
    param: "refresh_token",
  });
}
