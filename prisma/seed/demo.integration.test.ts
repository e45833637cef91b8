import { expect, test } from "vitest";
import { useTestStack } from "../../infra/testing/use-test-stack";
import { verifyApiKey } from "../../src/core/keys";
import { db } from "../../src/core/platform/db/client";
import { seedDemo } from "./demo";

const { databaseUrl } = await useTestStack();

const passwords = {
  databaseUrl,
  password: "correct horse battery staple",
  operatorPassword: "quiet agate in the console",
};

test("the demo accounts are made once and verified; each start has its own live key, and earlier ones end", async () => {
  const first = await seedDemo(passwords);
  const second = await seedDemo(passwords);

  const users = await db().user.findMany({
    select: { emailVerifiedAt: true, role: true },
    orderBy: { id: "asc" },
  });
  expect(users).toEqual([
    { emailVerifiedAt: expect.any(Date), role: "user" },
    { emailVerifiedAt: expect.any(Date), role: "operator" },
  ]);
  expect(second.operator).toEqual({ email: "operator@agathaai.com", passwordUnchanged: true });
  expect(second).toMatchObject({ email: "demo@agathaai.com", passwordUnchanged: true });
  expect(await db().apiKey.count({ where: { revokedAt: null } })).toBe(1);
  const caller = { ip: "127.0.0.1" };
  await expect(verifyApiKey(db(), first.apiKey, caller)).rejects.toMatchObject({ code: "api_key_revoked" });
  expect(await verifyApiKey(db(), second.apiKey, caller)).toMatchObject({ kind: "key", environment: "live" });
});

test("a password that its owner has changed is not said to be the printed one", async () => {
  const changed = { ...passwords, password: "another password altogether" };
  expect(await seedDemo(changed)).toMatchObject({
    passwordUnchanged: false,
    operator: { passwordUnchanged: true },
  });
});
