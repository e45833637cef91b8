import { createHmac, type KeyObject } from "node:crypto";
import { env } from "../env";
import type { Bytes } from "./hash";

/**
 * HMAC-SHA-256 under the key that everything but blind indexes is derived from: chains and signatures that stay checkable for
 * years, keys of links and codes. It is never replaced (ADR 81). What somebody could guess is kept as a `blindIndex` instead.
 * Of plain bytes Node makes a key each time, which takes four times as long as the hash: who hashes often keeps a `KeyObject`.
 */
export function keyedHash(text: string, key: Uint8Array | KeyObject = derivationKey()): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(text, "utf8").digest());
}

/** `DERIVATION_KEY`, or the blind-index key of an installation that has not rotated it yet. */
export function derivationKey(): Uint8Array {
  const { DERIVATION_KEY, BLIND_INDEX_KEY } = env();
  return Buffer.from(DERIVATION_KEY ?? BLIND_INDEX_KEY, "base64");
}
