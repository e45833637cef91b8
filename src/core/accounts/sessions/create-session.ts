import type { Clock } from "../../platform/clock";
import { newId } from "../../platform/ids";
import { encryptText, type KeyedTx } from "../../privacy";
import type { CallerContext } from "../schemas";
import { recordSignInDevice } from "../sign-in/known-devices";
import { sessionIpField, userSubject } from "../users/user-fields";
import { expiryAfterUse } from "./session-life";

export interface SessionToCreate extends CallerContext {
  kind: "portal" | "api";
  userId: string;
  sessionVersion: number;
  orgId: string;
}

export interface SessionRef {
  userId: string;
  sessionId: string;
  sessionVersion: number;
  orgId: string;
}

export interface NewSession extends SessionRef {
  expiresAt: Date;
}

/** The transaction brings the person’s data key. */
export async function createSession(
  tx: KeyedTx,
  session: SessionToCreate,
  clock: Clock,
): Promise<NewSession> {
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
  await recordSignInDevice(tx, session, clock);
  return { userId, sessionId, sessionVersion, orgId, expiresAt };
}

function storableUserAgent(text: string): string {
  return text
    .replace(/\p{Cc}/gu, " ")
    .toWellFormed()
    .slice(0, 256);
}
