import type { Clock } from "../../platform/clock";
import { newId } from "../../platform/ids";
import { encryptText, type KeyedTx } from "../../privacy";
import type { CallerContext } from "../schemas";
import { noteSignInPlace } from "../sign-in/known-places";
import { sessionIpField, userSubject } from "../users/user-texts";
import { expiryAfterUse } from "./session-life";

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

export interface NewSession extends OpenedSession {
  expiresAt: Date;
}

/** The transaction brings the person’s data key. */
export async function openSession(tx: KeyedTx, session: SessionToOpen, clock: Clock): Promise<NewSession> {
  const { kind, userId, sessionVersion, orgId, ip, userAgent } = session;
  const now = clock.now();
  const sessionId = newId(now);
  const place = sessionIpField(sessionId);
  const { role } = await tx.user.findUniqueOrThrow({ where: { id: userId }, select: { role: true } });
  const expiresAt = expiryAfterUse({ createdAt: now, operator: role === "operator" }, now);
  await tx.session.create({
    data: {
      id: sessionId,
      userId,
      orgId,
      kind,
      sessionVersion,
      userAgent: userAgent ? storableUserAgent(userAgent) : null,
      ipCipher: ip === null ? null : await encryptText(tx, userSubject(userId), place, ip),
      createdAt: now,
      lastSeenAt: now,
      expiresAt,
    },
  });
  await noteSignInPlace(tx, session, clock);
  return { userId, sessionId, sessionVersion, orgId, expiresAt };
}

function storableUserAgent(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .slice(0, 256);
}
