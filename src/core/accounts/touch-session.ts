import { type Clock, HOUR, systemClock } from "../platform/clock";
import type { Db } from "../platform/db";
import { SESSION_MS } from "./open-session";

/** Keeps a portal session that is in use from expiring; writes at most once an hour. Never revives an ended one. */
export async function touchSession(
  db: Db,
  { userId, sessionId }: { userId: string; sessionId: string },
  clock: Clock = systemClock,
): Promise<void> {
  const now = clock.now();
  await db.session.updateMany({
    where: {
      id: sessionId,
      userId,
      kind: "portal",
      revokedAt: null,
      expiresAt: { gt: now },
      lastSeenAt: { lt: new Date(now.getTime() - HOUR) },
    },
    data: { lastSeenAt: now, expiresAt: new Date(now.getTime() + SESSION_MS) },
  });
}
