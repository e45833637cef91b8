import { createPublicKey, verify } from "node:crypto";
import { expect, test } from "vitest";
import { createSigner } from "./signer";

const secret = new Uint8Array(32).fill(7);

test("a signature is checked with the public key alone, and holds for no other text, kind or secret", () => {
  const signer = createSigner("tombstone", secret);
  const signature = signer.sign("ä text");
  const publicKey = createPublicKey({
    key: Buffer.from(signer.publicKey, "base64"),
    format: "der",
    type: "spki",
  });
  expect(verify(null, Buffer.from("ä text"), publicKey, signature)).toBe(true);
  expect(signer.verify("ä text", signature)).toBe(true);
  expect(signer.verify("another text", signature)).toBe(false);
  expect(createSigner("audit-heads", secret).verify("ä text", signature)).toBe(false);
  expect(createSigner("tombstone", new Uint8Array(32)).verify("ä text", signature)).toBe(false);
  expect(signer.verify("ä text", new Uint8Array(3))).toBe(false);
});

test("the same secret gives the same key, after a restart and in another process", () => {
  expect(createSigner("tombstone", secret).publicKey).toBe(createSigner("tombstone", secret).publicKey);
});

test("what an earlier secret signed is still ours, and it is known which; what is signed now is of the present one alone", () => {
  const [now, before] = [new Uint8Array(32).fill(8), secret];
  const old = createSigner("tombstone", before).sign("text");
  const signer = createSigner("tombstone", [now, before]);
  expect([signer.verify("text", old), signer.signedBy("text", old)]).toEqual([true, 1]);
  expect(signer.signedBy("text", signer.sign("text"))).toBe(0);
  expect(createSigner("tombstone", before).verify("text", signer.sign("text"))).toBe(false);
  expect(signer.publicKey).toBe(createSigner("tombstone", now).publicKey);
  expect(signer.signedBy("another", old)).toBeUndefined();
  expect(createSigner("erasure", [now, before]).verify("text", old)).toBe(false);
});
