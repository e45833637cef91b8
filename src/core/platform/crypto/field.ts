import { createCipheriv, createDecipheriv } from "node:crypto";
import { AppError } from "../errors";
import type { Bytes } from "./hash";
import { fillRandom } from "./random-pool";

/** Of a blob under the first version of a key, or under a key that has none. */
const UNVERSIONED = 1;
/** Followed by the version of the key in two bytes, which are authenticated. */
const VERSIONED = 2;
const UNVERSIONED_HEAD = 1;
const VERSIONED_HEAD = 3;
const IV = 12;
const TAG = 16;

/**
 * Encrypts a field with AES-256-GCM: `1 ‖ iv(12) ‖ tag(16) ‖ ciphertext`, or `2 ‖ version of the key(2) ‖ iv ‖ tag ‖
 * ciphertext` from the second version on. The additional data names its row and column, so that a copied blob does not decrypt
 * elsewhere. IVs are random: one key may encrypt 2^32 blobs (NIST SP 800-38D §8.3), and is replaced long before.
 */
export function encryptField(key: Uint8Array, plaintext: string, aad: string, keyVersion = 1): Bytes {
  return encryptBytes(key, Buffer.from(plaintext, "utf8"), aad, keyVersion);
}

/** The version of the key that a blob was encrypted with. @throws AppError `internal_error`. */
export function keyVersionOf(blob: Uint8Array, aad: string): number {
  if (blob[0] === UNVERSIONED) return 1;
  if (blob[0] === VERSIONED && blob.byteLength >= VERSIONED_HEAD)
    return ((blob[1] ?? 0) << 8) | (blob[2] ?? 0);
  throw unreadable(`encrypted content at ${aad} has an unknown format`);
}

/** @throws AppError `internal_error` when the blob was changed, moved, cut, or encrypted under another key. */
export function decryptField(key: Uint8Array, blob: Uint8Array, aad: string): string {
  return Buffer.from(decryptBytes(key, blob, aad)).toString("utf8");
}

export function encryptBytes(key: Uint8Array, plaintext: Uint8Array, aad: string, keyVersion = 1): Bytes {
  const head = keyVersion === 1 ? UNVERSIONED_HEAD : VERSIONED_HEAD;
  const blob = new Uint8Array(head + IV + TAG + plaintext.byteLength);
  blob[0] = keyVersion === 1 ? UNVERSIONED : VERSIONED;
  if (keyVersion !== 1) {
    blob[1] = keyVersion >> 8;
    blob[2] = keyVersion;
  }
  const iv = fillRandom(blob.subarray(head, head + IV));
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(authenticated(blob, head, aad));
  blob.set(cipher.update(plaintext), head + IV + TAG);
  cipher.final();
  blob.set(cipher.getAuthTag(), head + IV);
  return blob;
}

/** Blobs without a version have always authenticated their place alone. */
function authenticated(blob: Uint8Array, head: number, aad: string): Buffer {
  const place = Buffer.from(aad, "utf8");
  return head === UNVERSIONED_HEAD ? place : Buffer.concat([blob.subarray(0, head), place]);
}

export function decryptBytes(key: Uint8Array, blob: Uint8Array, aad: string): Bytes {
  const head = blob[0] === VERSIONED ? VERSIONED_HEAD : UNVERSIONED_HEAD;
  const body = head + IV + TAG;
  if (blob.byteLength < body || (blob[0] !== UNVERSIONED && blob[0] !== VERSIONED))
    throw unreadable(`encrypted content at ${aad} has an unknown format`);
  const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(head, head + IV))
    .setAAD(authenticated(blob, head, aad))
    .setAuthTag(blob.subarray(head + IV, body));
  const plaintext = new Uint8Array(decipher.update(blob.subarray(body)));
  try {
    decipher.final();
  } catch {
    throw unreadable(`encrypted content at ${aad} was changed, moved, or encrypted under another key`);
  }
  return plaintext;
}

/** The error for a blob that does not decrypt: the caller sees an internal error, the log the reason. */
export function unreadable(internal: string, cause?: unknown): AppError {
  return new AppError("internal_error", {
    public: "Stored data could not be read. We have been notified. Try again later.",
    internal,
    cause,
  });
}
