import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Bytes } from "./hash";
import { keyedHash } from "./keyed-hash";

/** Each kind has a key of its own, so a signature of one kind is invalid for another. */
export type SignedKind =
  | "audit-heads"
  | "audit-pruning"
  | "audit-archive"
  | "audit-batch"
  | "tombstone"
  | "erasure";

export interface Signer {
  sign(text: string): Bytes;
  verify(text: string, signature: Uint8Array): boolean;
  /** SPKI in base64. */
  publicKey: string;
}

/** PKCS#8 around the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * An Ed25519 signer for documents kept where others can write. Its key is derived from `DERIVATION_KEY`, which is in
 * no database; the same secret gives the same key.
 */
export function createSigner(kind: SignedKind, secret?: Uint8Array): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, keyedHash(`signing-key:${kind}:1`, secret)]),
    format: "der",
    type: "pkcs8",
  });
  const publicKey: KeyObject = createPublicKey(privateKey);
  return {
    sign: (text) => new Uint8Array(sign(null, Buffer.from(text, "utf8"), privateKey)),
    verify: (text, signature) => verify(null, Buffer.from(text, "utf8"), publicKey, signature),
    publicKey: publicKey.export({ format: "der", type: "spki" }).toString("base64"),
  };
}
