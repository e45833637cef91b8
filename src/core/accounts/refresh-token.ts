import type { Clock } from "../platform/clock";
import { randomToken, sha256 } from "../platform/crypto/hash";
import type { Tx } from "../platform/db";
import { newId } from "../platform/ids";
import { SESSION_MS } from "./open-session";

const PREFIX = "agr_";

/** 256 random bits; the database holds their SHA-256 only. The prefix lets secret scanners recognise a leaked one. */
export function isRefreshToken(text: string): boolean {
  return new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`).test(text);
}

export async function issueRefreshToken(
  tx: Tx,
  { sessionId, id }: { sessionId: string; id?: string },
  clock: Clock,
): Promise<string> {
  const now = clock.now();
  const token = `${PREFIX}${randomToken()}`;
  await tx.refreshToken.create({
    data: {
      id: id ?? newId(now),
      sessionId,
      tokenHash: sha256(token),
      expiresAt: new Date(now.getTime() + SESSION_MS),
      createdAt: now,
    },
  });
  return token;
}
