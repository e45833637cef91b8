import { type Clock, HOUR, systemClock } from "../../platform/clock";
import type { Db } from "../../platform/db/client";
import { expiryAfterUse } from "./session-life";

/**
 * Keeps a portal session that is in use from expiring, up to the end of its life; writes at most once an hour. Never
 * revives an ended one.
 */
export async function touchSession(
  db: Db,
  { userId, sessionId, operator }: { userId: string; sessionId: string; operator: boolean },
  clock: Clock = systemClock,
): Promise<void> {
  const now = clock.now();
  const due = {
    id: sessionId,
    userId,
    kind: "portal",
    revokedAt: null,
    expiresAt: { gt: now },
    lastSeenAt: { lt: new Date(now.getTime() - HOUR) },
  } as const;
  const session = await db.session.findFirst({ where: due, select: { createdAt: true } });
  if (session === null) return;
  const expiresAt = expiryAfterUse({ ...session, operator }, now);
  await db.session.updateMany({ where: due, data: { lastSeenAt: now, expiresAt } });
}
