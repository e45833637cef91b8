import { type Clock, DAY, type Db, HOUR, SECOND, systemClock } from "../../platform";

/** A session expires after this time without use. */
export const IDLE_MS = 30 * DAY;
export const SESSION_SECONDS = IDLE_MS / SECOND;

/** A session ends this long after the sign-in, however much it is used (NIST SP 800-63B §2.2.3). */
const LIFE_MS = 90 * DAY;
/** Shorter for operators, who can read every organization. */
const OPERATOR_LIFE_MS = 12 * HOUR;

interface Life {
  createdAt: Date;
  /** At this moment: becoming an operator shortens running sessions. */
  operator: boolean;
}

export function lifeOf({ operator }: Pick<Life, "operator">): number {
  return operator ? OPERATOR_LIFE_MS : LIFE_MS;
}

/** When the session ends even if it is in use. */
export function endOfLife({ createdAt, operator }: Life): Date {
  return new Date(createdAt.getTime() + lifeOf({ operator }));
}

/** When a session that is used now expires: after the idle time, and never later than its end of life. */
export function expiryAfterUse(life: Life, now: Date): Date {
  return earlier(new Date(now.getTime() + IDLE_MS), endOfLife(life));
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}

/** Extends a portal session that is in use, at most once an hour. Never revives one that has ended. */
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
