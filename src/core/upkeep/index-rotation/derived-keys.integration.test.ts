import { randomBytes } from "node:crypto";
import { afterAll, afterEach, expect, it } from "vitest";
import { rotateIndexKeys } from "../../../../infra/testing/index-key-phases";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { consumeArtifact, findArtifact, saveArtifact } from "../../oauth";
import { indexKeyOf, indexKeys } from "../../platform/crypto/blind-index/index-keys";
import { keyedHash, ownKeys } from "../../platform/crypto/keyed-hash";
import { createSigner } from "../../platform/crypto/signer";
import { closeDb, db } from "../../platform/db/client";
import { parseEnv } from "../../platform/env";

const stack = await useTestStack();
afterEach(() => {
  indexKeys.clear();
  ownKeys.clear();
});
afterAll(closeDb);

it("what is derived and not indexed (chains, signatures, codes) is the same in every phase", () => {
  const phase = rotateIndexKeys();
  const derived = () => [keyedHash("audit-chain-key:1"), createSigner("tombstone").publicKey];
  const before = derived();
  for (const at of ["prepared", "during", "after"] as const) {
    phase(at);
    expect(derived(), at).toEqual(before);
  }
});

it("the key that they are derived from is replaced itself: what the earlier one made is found, opened and checked, and new things are of the new one", async () => {
  const [first] = ownKeys();
  const next = randomBytes(32);
  const replaced = (...keys: [Uint8Array, ...Uint8Array[]]) => {
    ownKeys.clear();
    ownKeys(keys);
  };
  const code = { kind: "RefreshToken", secret: "s".repeat(43) } as const;
  await saveArtifact(db(), { ...code, payload: { jti: "1" }, grantId: null, seconds: 60 });
  const signed = createSigner("erasure").sign("text");
  const index = indexKeyOf(first).id;

  replaced(next, first);
  expect((await findArtifact(db(), code))?.payload).toEqual({ jti: "1" });
  expect(createSigner("erasure").verify("text", signed)).toBe(true);
  // Indexes of before any rotation are bare, and stay so.
  expect([index.length, indexKeyOf(first).id.length]).toEqual([0, 0]);
  expect(await consumeArtifact(db(), code)).toBe(true);
  expect(await consumeArtifact(db(), code)).toBe(false);
  expect(keyedHash("text")).toEqual(keyedHash("text", next));

  replaced(next);
  expect(await findArtifact(db(), code)).toBeUndefined();
  expect(createSigner("erasure").verify("text", signed)).toBe(false);
});

it("a process with an earlier key and without the first one, which everything else is derived from, does not start", () => {
  const { BLIND_INDEX_KEY: key } = stack.env;
  const during = { ...stack.env, BLIND_INDEX_KEY_PREVIOUS: key, BLIND_INDEX_KEY: randomKey() };
  expect(() => parseEnv(during)).toThrow(/DERIVATION_KEY: must be set with BLIND_INDEX_KEY_PREVIOUS/);
  expect(parseEnv({ ...during, DERIVATION_KEY: key })).toMatchObject({ DERIVATION_KEY: key });
});

it("a process with an earlier derivation key and without the present one does not start", () => {
  const key = randomKey();
  expect(() => parseEnv({ ...stack.env, DERIVATION_KEY_PREVIOUS: key })).toThrow(
    /DERIVATION_KEY: must be set with DERIVATION_KEY_PREVIOUS/,
  );
});

const randomKey = () => randomBytes(32).toString("base64");
