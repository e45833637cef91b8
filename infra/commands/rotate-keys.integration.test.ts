import { randomBytes } from "node:crypto";
import { afterAll, expect, test } from "vitest";
import { createUser } from "../../src/core/accounts";
import { systemClock } from "../../src/core/platform";
import { closeDb, db } from "../../src/core/platform/db/client";
import { useTestStack } from "../testing/use-test-stack";
import { runCommand } from "./testing/run-command";

const { env } = await useTestStack();
afterAll(closeDb);

const rotate = (given: Record<string, string>) =>
  runCommand("rotate-keys", { ...env, NODE_ENV: "test", ...given });

const newKey = () => randomBytes(32).toString("base64");

test("the command wraps and indexes everything under new keys, says what is left, and fails while something is", async () => {
  const ada = { email: "ada@example.com", name: "Ada", passwordHash: null, emailVerified: true };
  await createUser(db(), ada, async () => {}, systemClock);
  const { MASTER_KEY: master = "", BLIND_INDEX_KEY: index = "" } = env;
  const keys = {
    MASTER_KEY: newKey(),
    BLIND_INDEX_KEY: newKey(),
    BLIND_INDEX_KEY_PREVIOUS: index,
    DERIVATION_KEY: index,
  };
  const lost = await rotate(keys);
  expect(lost.code).toBe(1);
  expect(lost.said).toContain("2 that no key of the environment unwraps");
  expect(lost.said).toContain("users: 1 rows left under an earlier key.");

  const done = await rotate({ ...keys, MASTER_KEY_PREVIOUS: master });
  expect(done.code).toBe(0);
  expect(done.said).toContain("Data keys: 2 wrapped with local:");
  expect(done.said).toContain("users: 1 rows indexed anew, 0 not readable.");
  expect(done.said).toContain("Nothing is left under an earlier key.");
  for (const secret of [master, index, ...Object.values(keys)]) expect(done.said).not.toContain(secret);
});
