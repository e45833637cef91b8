import { createCipheriv, createDecipheriv } from "node:crypto";
import { AppError } from "../errors";
import type { Bytes } from "./hash";
import { fillRandom } from "./random-pool";

const VERSION = 1;
const IV_AT = 1;
const TAG_AT = 13;
const BODY_AT = 29;

/**
 * Encrypts a field with AES-256-GCM: `version(1) ‖ iv(12) ‖ tag(16) ‖ ciphertext`. The additional data names its row
 * and column, so that a copied blob does not decrypt elsewhere. IVs are random: one key may encrypt 2^32 blobs (NIST SP
 * 800-38D §8.3), far more than one subject writes.
 */
export function encryptField(key: Uint8Array, plaintext: string, aad: string): Bytes {
  return encryptBytes(key, Buffer.from(plaintext, "utf8"), aad);
}

/** @throws AppError `internal_error` when the blob was changed, moved, cut, or encrypted under another key. */
export function decryptField(key: Uint8Array, blob: Uint8Array, aad: string): string {
  return Buffer.from(decryptBytes(key, blob, aad)).toString("utf8");
}

export function encryptBytes(key: Uint8Array, plaintext: Uint8Array, aad: string): Bytes {
  const blob = new Uint8Array(BODY_AT + plaintext.byteLength);
  blob[0] = VERSION;
  const iv = fillRandom(blob.subarray(IV_AT, TAG_AT));
  const cipher = createCipheriv("aes-256-gcm", key, iv).setAAD(Buffer.from(aad, "utf8"));
  blob.set(cipher.update(plaintext), BODY_AT);
  cipher.final();
  blob.set(cipher.getAuthTag(), TAG_AT);
  return blob;
}

export function decryptBytes(key: Uint8Array, blob: Uint8Array, aad: string): Bytes {
  if (blob.byteLength < BODY_AT || blob[0] !== VERSION)
    throw unreadable(`encrypted content at ${aad} has an unknown format`);
  const decipher = createDecipheriv("aes-256-gcm", key, blob.subarray(IV_AT, TAG_AT))
    .setAAD(Buffer.from(aad, "utf8"))
    .setAuthTag(blob.subarray(TAG_AT, BODY_AT));
  const plaintext = new Uint8Array(decipher.update(blob.subarray(BODY_AT)));
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
