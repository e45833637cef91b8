import { expect, test } from "vitest";
import { createDb } from "../../src/core/platform/db/client";
import { useTestStack } from "../testing/use-test-stack";
import { runCommand } from "./testing/run-command";

const { env, databaseUrl } = await useTestStack({ REDIS_URL: "redis://:cache-password@127.0.0.1:6379" });

const start = (given: Record<string, string>) =>
  runCommand("start-production", { ...env, NODE_ENV: "production", ...given });

const PLAINTEXT = ["APP_URL", "DATABASE_URL", "REDIS_URL", "SMTP_URL"];

test("an installation whose addresses are plaintext is refused, each by its name and none by its value", async () => {
  const { code, said } = await start({});
  expect(code).toBe(1);
  for (const name of PLAINTEXT) expect(said).toContain(`  ${name}: `);
  const secrets = [env.MASTER_KEY, env.NEXTAUTH_SECRET, env.JWT_PRIVATE_KEY, "cache-password"];
  for (const secret of [...secrets, new URL(databaseUrl).password]) expect(said).not.toContain(secret);
});

test("what was allowed by name is no longer refused; everything else still is, and a name it does not know is told", async () => {
  const { said } = await start({ ALLOW_INSECURE: "APP_URL,DATABASE_URL" });
  expect(said).not.toContain("  APP_URL: ");
  expect(said).not.toContain("  DATABASE_URL: ");
  for (const name of ["REDIS_URL", "SMTP_URL"]) expect(said).toContain(`  ${name}: `);
  const unknown = await start({ ALLOW_INSECURE: "everything" });
  expect(unknown.code).toBe(1);
  expect(unknown.said).toContain("ALLOW_INSECURE");
});

test("a refused start has written nothing: no account, no operator, no key", async () => {
  const client = createDb({ url: databaseUrl, poolMax: 1 });
  expect(await client.user.count()).toBe(0);
  expect(await client.apiKey.count()).toBe(0);
  await client.$disconnect();
});
