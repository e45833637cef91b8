import { type Clock, systemClock } from "../../platform/clock";
import { sha256 } from "../../platform/crypto/hash";
import type { Db } from "../../platform/db/client";
import type { LogoutInput } from "../schemas";
import { endSession } from "./end-session";

/**
 * Ends the session that a refresh token belongs to, spent or not. An unknown token answers the same (RFC 7009 §2.2):
 * what the caller wanted, that it no longer works, is so.
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
