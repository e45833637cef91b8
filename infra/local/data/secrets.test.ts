import { createPrivateKey } from "node:crypto";
import { chmodSync, mkdtempSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { loadSecrets, secretsAsEnv } from "./secrets";

// Finding the primes of an RSA key takes a second now and then, and many on a busy machine.
vi.setConfig({ testTimeout: 30_000 });

const freshFile = () => join(mkdtempSync(join(tmpdir(), "agathaai-secrets-")), "data", "secrets.json");
const modeOf = (file: string) => statSync(file).mode & 0o777;

test("secrets are made once, and only their owner can read them", () => {
  const file = freshFile();
  const made = loadSecrets(file);
  expect(modeOf(file)).toBe(0o600);
  expect(modeOf(join(file, ".."))).toBe(0o700);
  expect(loadSecrets(file)).toEqual(made);
});

test("permissions that someone widened are narrowed again", () => {
  const file = freshFile();
  loadSecrets(file);
  chmodSync(file, 0o644);
  loadSecrets(file);
  expect(modeOf(file)).toBe(0o600);
});

test("keys have the sizes that the product requires", () => {
  const env = secretsAsEnv(loadSecrets(freshFile()));
  expect(Buffer.from(env.MASTER_KEY ?? "", "base64")).toHaveLength(32);
  expect(Buffer.from(env.BLIND_INDEX_KEY ?? "", "base64")).toHaveLength(32);
  expect(createPrivateKey(env.JWT_PRIVATE_KEY ?? "").asymmetricKeyDetails?.modulusLength).toBe(2048);
  expect(env.NEXTAUTH_SECRET?.length).toBeGreaterThanOrEqual(32);
});

test("a newer version adds the secrets it needs and keeps those that decrypt the data", () => {
  const file = freshFile();
  const { demoPassword: _, ...older } = loadSecrets(file);
  writeFileSync(file, JSON.stringify(older));
  const completed = loadSecrets(file);
  expect(completed).toMatchObject(older);
  expect(completed.demoPassword).toMatch(/^([a-z2-9]{5}-){3}[a-z2-9]{5}$/);
});

test("a damaged file stops the start instead of being replaced", () => {
  const file = freshFile();
  loadSecrets(file);
  writeFileSync(file, "{");
  expect(() => loadSecrets(file)).toThrow(/npm run reset/);
  expect(readFileSync(file, "utf8")).toBe("{");
});
