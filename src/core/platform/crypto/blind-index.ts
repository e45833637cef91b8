import { createHmac } from "node:crypto";
import { env } from "../env";
import type { Bytes } from "./hash";

/**
 * A keyed fingerprint (HMAC-SHA-256) by which an encrypted text can be found: equal texts give equal fingerprints, and
 * without the key nobody can test a guess. The caller normalizes the text first (case, spaces).
 */
export function blindIndex(text: string, key: Uint8Array = configuredKey()): Bytes {
  return new Uint8Array(createHmac("sha256", key).update(text, "utf8").digest());
}

function configuredKey(): Uint8Array {
  return Buffer.from(env().BLIND_INDEX_KEY, "base64");
}
