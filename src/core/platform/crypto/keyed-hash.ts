import { createHmac, type KeyObject } from "node:crypto";
import { singleton } from "../concurrency/singleton";
import { env } from "../env";
import { type Bytes, constantTimeEqual } from "./hash";

/** A key, or the one that is used now and those that were before it. */
export type Secrets = Uint8Array | readonly [Uint8Array, ...Uint8Array[]];

/**
 * HMAC-SHA-256 under the key that everything but blind indexes is derived from: chains and signatures that stay checkable for
 * years, keys of links and codes. What an earlier key made is checked with `keyedHashes`. What somebody could guess is kept as a
 * `blindIndex` instead. Of plain bytes Node makes a key each time, which takes four times as long as the hash: who hashes often
 * keeps a `KeyObject`.
 */
export function keyedHash(text: string, key: Uint8Array | KeyObject = ownKeys()[0]): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(text, "utf8").digest());
}

/** Under each of the keys, the one that is used now first: what was stored may be any of them. */
export function keyedHashes(text: string): Bytes[] {
  return ownKeys().map((key) => keyedHash(text, key));
}

/** Whether we made it, with a key of now or of before. */
export function isKeyedHash(hash: Uint8Array, text: string): boolean {
  return keyedHashes(text).some((made) => constantTimeEqual(made, hash));
}

/** Keys that are given, or in their place those of this process. */
export function derivationKeys(given?: Secrets): DerivationKeys {
  if (given === undefined) return ownKeys();
  return given instanceof Uint8Array ? [given] : given;
}

type DerivationKeys = readonly [Uint8Array, ...Uint8Array[]];

/** Keys given here, before first use, take the place of the environment's. */
export const ownKeys = singleton(
  "derivation keys",
  (keys: DerivationKeys = configuredKeys()): DerivationKeys => keys,
);

/** `DERIVATION_KEY`, or the blind-index key of an installation that has rotated neither; then those before it. */
function configuredKeys(): DerivationKeys {
  const { DERIVATION_KEY, DERIVATION_KEY_PREVIOUS, BLIND_INDEX_KEY } = env();
  const current = DERIVATION_KEY ?? BLIND_INDEX_KEY;
  const earlier = DERIVATION_KEY_PREVIOUS.filter((key) => key !== current);
  return [Buffer.from(current, "base64"), ...earlier.map((key) => Buffer.from(key, "base64"))];
}
