import { DAY, HOUR, SECOND } from "../../platform/clock";

/** A sign-in ends after this time without use; each use begins it anew. */
export const IDLE_MS = 30 * DAY;
export const SESSION_SECONDS = IDLE_MS / SECOND;

/** However much it is used, a sign-in ends so long after it began (NIST SP 800-63B §2.2.3). */
const LIFE_MS = 90 * DAY;
/** Operators can read every organization: theirs ends the same day. */
const OPERATOR_LIFE_MS = 12 * HOUR;

interface Life {
  createdAt: Date;
  /** As of now: who becomes an operator during a session has it shortened. */
  operator: boolean;
}

export function lifeOf({ operator }: Pick<Life, "operator">): number {
  return operator ? OPERATOR_LIFE_MS : LIFE_MS;
}

/** When the session is over for good. */
export function endOfLife({ createdAt, operator }: Life): Date {
  return new Date(createdAt.getTime() + lifeOf({ operator }));
}

/** When a session that is used now expires: after a time without use, and never beyond its life. */
export function expiryAfterUse(life: Life, now: Date): Date {
  return earlier(new Date(now.getTime() + IDLE_MS), endOfLife(life));
}

export function earlier(one: Date, other: Date): Date {
  return one < other ? one : other;
}
