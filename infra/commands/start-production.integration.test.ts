import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";
import { createDb } from "../../src/core/platform/db/client";
import { useTestStack } from "../testing/use-test-stack";
import { ROOT } from "./build";

const { env, databaseUrl } = await useTestStack({ REDIS_URL: "redis://:cache-password@127.0.0.1:6379" });

function start(given: Record<string, string>): Promise<{ code: number | null; said: string }> {
  return new Promise((resolve, reject) => {
    const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
    const child = spawn(process.execPath, [tsx, join(ROOT, "infra/commands/start-production.ts")], {
      cwd: ROOT,
      env: { PATH: process.env.PATH, ...env, NODE_ENV: "production", ...given },
      stdio: ["ignore", "pipe", "pipe"],
    });
    let said = "";
    for (const stream of [child.stdout, child.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => {
        said += text;
      });
    child.once("error", reject);
    child.once("exit", (code) => resolve({ code, said }));
  });
}

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
