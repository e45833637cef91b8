import { type Clock, DAY, SECOND } from "../platform/clock";
import type { Tx } from "../platform/db";
import { newId } from "../platform/ids";
import { sealText } from "../privacy";
import { noteSignInPlace } from "./known-places";
import type { CallerContext } from "./schemas";
import { sessionIpPlace, userSubject } from "./user-texts";

/** A sign-in ends after this time without use; each refresh begins it anew. */
export const SESSION_MS = 30 * DAY;
export const SESSION_SECONDS = SESSION_MS / SECOND;

export interface SessionToOpen extends CallerContext {
  kind: "portal" | "api";
  userId: string;
  sessionVersion: number;
  orgId: string;
}

export interface OpenedSession {
  userId: string;
  sessionId: string;
  sessionVersion: number;
  orgId: string;
}

export async function openSession(tx: Tx, session: SessionToOpen, clock: Clock): Promise<OpenedSession> {
  const { kind, userId, sessionVersion, orgId, ip, userAgent } = session;
  const now = clock.now();
  const sessionId = newId(now);
  const place = sessionIpPlace(sessionId);
  await tx.session.create({
    data: {
      id: sessionId,
      userId,
      orgId,
      kind,
      sessionVersion,
      userAgent: userAgent ? storableUserAgent(userAgent) : null,
      ipCipher: ip === null ? null : await sealText(tx, userSubject(userId), place, ip),
      createdAt: now,
      lastSeenAt: now,
      expiresAt: new Date(now.getTime() + SESSION_MS),
    },
  });
  await noteSignInPlace(tx, session, clock);
  return { userId, sessionId, sessionVersion, orgId };
}

function storableUserAgent(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .slice(0, 256);
}
