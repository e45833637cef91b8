import { createHmac } from "node:crypto";
import { decryptBytes, encryptBytes, unreadable } from "../field";
import type { KeyContext, KeyService } from "./key-wrap";

export interface LocalKeyService extends KeyService {
  readonly kekId: string;
}

/**
 * Wraps data keys with AES-256-GCM under a 32-byte master key in this process. The key's id is a fingerprint of the
 * key, so a wrong master key gives a clear error instead of looking like corrupted data.
 */
export function localKeyService(masterKey: Uint8Array): LocalKeyService {
  if (masterKey.byteLength !== 32) throw new Error("The master key must be 32 bytes");
  const kekId = `local:${createHmac("sha256", masterKey).update("agathaai kek id").digest("hex").slice(0, 16)}`;

  return {
    kekId,
    async wrap(key, context) {
      return { wrapped: encryptBytes(masterKey, key, canonical(context)), kekId };
    },
    async unwrap(wrapped, wrappedBy, context) {
      if (wrappedBy !== kekId) {
        throw unreadable(
          `a data key was wrapped by ${wrappedBy}, but the configured MASTER_KEY is ${kekId}: restore the master key that wrote this database`,
        );
      }
      return decryptBytes(masterKey, wrapped, canonical(context));
    },
  };
}

function canonical(context: KeyContext): string {
  return JSON.stringify(Object.entries(context).sort(([left], [right]) => (left < right ? -1 : 1)));
}
