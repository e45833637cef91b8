import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import type { Bytes } from "./hash";
import { derivationKeys, keyedHash, type Secrets } from "./keyed-hash";

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
  /** Whether we signed it, with the key of now or one of before. */
  verify(text: string, signature: Uint8Array): boolean;
  /** By which key: 0 is that of now, 1 the one before it. Undefined where we did not sign it. */
  signedBy(text: string, signature: Uint8Array): number | undefined;
  /** SPKI in base64. */
  publicKey: string;
}

/** PKCS#8 around the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * An Ed25519 signer for documents kept where others can write. Its key is derived from `DERIVATION_KEY`, which is in
 * no database; the same secret gives the same key.
 */
export function createSigner(kind: SignedKind, secrets?: Secrets): Signer {
  const [secret, ...earlier] = derivationKeys(secrets);
  const privateKey = privateKeyOf(kind, secret);
  const publicKeys = [createPublicKey(privateKey)];
  /** Made when first needed: most signatures are of the key of now. */
  const publicKeyAt = (index: number): KeyObject | undefined => {
    const before = earlier[index - 1];
    if (before !== undefined) publicKeys[index] ??= createPublicKey(privateKeyOf(kind, before));
    return publicKeys[index];
  };
  const signedBy = (text: string, signature: Uint8Array) => {
    for (let index = 0; ; index++) {
      const key = publicKeyAt(index);
      if (key === undefined) return undefined;
      if (verify(null, Buffer.from(text, "utf8"), key, signature)) return index;
    }
  };
  return {
    sign: (text) => new Uint8Array(sign(null, Buffer.from(text, "utf8"), privateKey)),
    signedBy,
    verify: (text, signature) => signedBy(text, signature) !== undefined,
    publicKey: createPublicKey(privateKey).export({ format: "der", type: "spki" }).toString("base64"),
  };
}

function privateKeyOf(kind: SignedKind, secret: Uint8Array): KeyObject {
  return createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, keyedHash(`signing-key:${kind}:1`, secret)]),
    format: "der",
    type: "pkcs8",
  });
}
