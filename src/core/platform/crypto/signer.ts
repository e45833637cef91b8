import { createPrivateKey, createPublicKey, type KeyObject, sign, verify } from "node:crypto";
import { blindIndex } from "./blind-index";
import type { Bytes } from "./hash";

/** What is signed: each has a key of its own, so that no signature of one says anything as the other. */
export type SignedKind = "audit-heads" | "audit-pruning" | "tombstone";

export interface Signer {
  sign(text: string): Bytes;
  verify(text: string, signature: Uint8Array): boolean;
  /** SPKI in base64: whoever has it can check signatures and make none. */
  publicKey: string;
}

/** PKCS#8 around the 32 bytes of an Ed25519 key (RFC 8410 §7). */
const PKCS8_HEAD = Buffer.from("302e020100300506032b657004220420", "hex");

/**
 * Signs statements of ours that are kept where others can write (Ed25519). The key is derived from the secret of
 * `BLIND_INDEX_KEY`, which no database holds, and is always the same for the same secret.
 */
export function createSigner(kind: SignedKind, secret?: Uint8Array): Signer {
  const privateKey = createPrivateKey({
    key: Buffer.concat([PKCS8_HEAD, blindIndex(`signing-key:${kind}:1`, secret)]),
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
