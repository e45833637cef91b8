import { blindIndex } from "../../platform/crypto/blind-index";
import { type Bytes, randomToken, sha256 } from "../../platform/crypto/hash";
import type { Tx } from "../../platform/db/client";
import { newId } from "../../platform/ids";
import type { CallerContext } from "../schemas";
import { ipBlock } from "../sign-in/ip-fingerprint";

const PREFIX = "agr_";

/** 256 random bits; the database holds their SHA-256 only. The prefix lets secret scanners recognize a leaked one. */
export function isRefreshToken(text: string): boolean {
  return new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`).test(text);
}

/** The first token of a session; it is given out once. */
export async function issueRefreshToken(
  tx: Tx,
  { sessionId, expiresAt }: { sessionId: string; expiresAt: Date },
  now: Date,
): Promise<string> {
  const token = `${PREFIX}${randomToken()}`;
  await storeRefreshToken(tx, { id: newId(now), sessionId, token, expiresAt }, now);
  return token;
}

export async function storeRefreshToken(
  tx: Tx,
  { token, ...row }: { id: string; sessionId: string; token: string; expiresAt: Date },
  now: Date,
): Promise<void> {
  await tx.refreshToken.create({ data: { ...row, tokenHash: sha256(token), createdAt: now } });
}

/**
 * The successor of a token, made from the token itself under a key of ours: whoever repeats the exchange gets the same
 * one, and the database, which has neither token nor key, cannot tell it. The id, another for each exchange, keeps a
 * chain from being computed ahead.
 */
export function successorOf(token: string, id: string): string {
  return `${PREFIX}${Buffer.from(blindIndex(`refresh-successor:${id}:${token}`)).toString("base64url")}`;
}

/**
 * By what a client is known again: its network block and its user agent as it wrote it, keyed. Enough to tell a retry
 * from a use elsewhere, not proof of anything.
 */
export function clientFingerprint({ ip, userAgent }: CallerContext): Bytes {
  const block = ip === null ? "none" : ipBlock(ip);
  return blindIndex(`refresh-client:${block}:${userAgent ?? ""}`);
}
