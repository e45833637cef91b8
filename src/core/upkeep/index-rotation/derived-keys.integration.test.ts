import { randomBytes } from "node:crypto";
import { afterEach, expect, it } from "vitest";
import { rotateIndexKeys } from "../../../../infra/testing/index-key-phases";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { indexKeys } from "../../platform/crypto/index-keys";
import { keyedHash } from "../../platform/crypto/keyed-hash";
import { createSigner } from "../../platform/crypto/signer";
import { parseEnv } from "../../platform/env";

const stack = await useTestStack();
afterEach(() => void indexKeys.clear());

it("what is derived and not indexed (chains, signatures, codes) is the same in every phase", () => {
  const phase = rotateIndexKeys();
  const derived = () => [keyedHash("audit-chain-key:1"), createSigner("tombstone").publicKey];
  const before = derived();
  for (const at of ["prepared", "during", "after"] as const) {
    phase(at);
    expect(derived(), at).toEqual(before);
  }
});

it("a process with an earlier key and without the first one, which everything else is derived from, does not start", () => {
  const { BLIND_INDEX_KEY: key } = stack.env;
  const during = { ...stack.env, BLIND_INDEX_KEY_PREVIOUS: key, BLIND_INDEX_KEY: randomKey() };
  expect(() => parseEnv(during)).toThrow(/DERIVATION_KEY: must be set with BLIND_INDEX_KEY_PREVIOUS/);
  expect(parseEnv({ ...during, DERIVATION_KEY: key })).toMatchObject({ DERIVATION_KEY: key });
});

const randomKey = () => randomBytes(32).toString("base64");
