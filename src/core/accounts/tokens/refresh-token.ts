import { newId, type Tx } from "../../platform";
import { blindIndexes } from "../../platform/crypto/blind-index/blind-index";
import { type Bytes, randomToken, sha256 } from "../../platform/crypto/hash";
import { keyedHash, keyedHashes } from "../../platform/crypto/keyed-hash";
import type { CallerContext } from "../schemas";
import { ipBlock } from "../sign-in/ip-fingerprint";

const PREFIX = "agr_";

/** 256 random bits, stored as SHA-256. The prefix lets secret scanners recognize a leaked token. */
export function isRefreshToken(text: string): boolean {
  return new RegExp(`^${PREFIX}[A-Za-z0-9_-]{43}$`).test(text);
}

/** Issues the first token of a session. It is shown once. */
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
 * The successor of a token, an HMAC of the token under our key: repeating the exchange gives the same one, and the database,
 * which has neither token nor key, cannot compute it. The id, new for each exchange, keeps later tokens from being
 * computed ahead.
 */
export function successorOf(token: string, id: string): string {
  return tokenOf(keyedHash(successorText(token, id)));
}

/** What it was when it was made, which may have been under an earlier key. */
export function successorsOf(token: string, id: string): string[] {
  return keyedHashes(successorText(token, id)).map(tokenOf);
}

const successorText = (token: string, id: string) => `refresh-successor:${id}:${token}`;
const tokenOf = (hash: Uint8Array) => `${PREFIX}${Buffer.from(hash).toString("base64url")}`;

/**
 * A keyed fingerprint of the client's IP block and user agent: enough to tell a retry from a use elsewhere, but no proof
 * of identity. The first is what is stored; what another process stored may be any of them (`blindIndexes`).
 */
export function clientFingerprints({ ip, userAgent }: CallerContext): Bytes[] {
  const block = ip === null ? "none" : ipBlock(ip);
  return blindIndexes("refresh-client", `${block}:${userAgent ?? ""}`);
}
