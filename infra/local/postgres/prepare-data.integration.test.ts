import { mkdtempSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, test } from "vitest";
import { createDb } from "../../../src/core/platform/db/client";
import { useTestStack } from "../../testing/use-test-stack";
import { prepareData } from "./prepare-data";

const { env, databaseUrl } = await useTestStack();
const { DATABASE_URL: _, ...withoutDatabase } = env;
const started: { stop(): Promise<void> }[] = [];
afterAll(async () => {
  for (const stack of started) await stack.stop();
});

const prepare = (given: Record<string, string>) =>
  prepareData({
    dataDir: mkdtempSync(join(tmpdir(), "agathaai-prepare-")),
    env: { STRIPE_SECRET_KEY: "sk_test_none", ...given },
    say: () => {},
    onStarted: (stack) => started.push(stack),
  });

test("a database that somebody else runs gets no demo account and no operator, whatever the address", async () => {
  const { demo, stack } = await prepare({
    ...env,
    MIGRATION_DATABASE_URL: databaseUrl,
    APP_URL: "http://localhost:3000",
  });
  expect(stack.services.postgres).toBeUndefined();
  expect(demo).toBeUndefined();
  // The serving processes never get the owner's URL.
  expect(stack.ownerUrl).toBe(databaseUrl);
  expect(Object.keys(stack.env)).not.toContain("MIGRATION_DATABASE_URL");
  expect(await countUsers(stack.env.DATABASE_URL)).toBe(0);
});

test.each([
  ["https://app.example.com", 0],
  ["http://localhost:3000", 2],
])("a database of its own, reached at %s, gets %i demo accounts", async (appUrl, users) => {
  const { demo, stack } = await prepare({ ...withoutDatabase, APP_URL: appUrl });
  expect(stack.services.postgres).toBeDefined();
  expect(demo === undefined).toBe(users === 0);
  expect(await countUsers(stack.env.DATABASE_URL)).toBe(users);
});

async function countUsers(url = ""): Promise<number> {
  const client = createDb({ url, poolMax: 1 });
  try {
    return await client.user.count();
  } finally {
    await client.$disconnect();
  }
}
