import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../../infra/commands/build";
import { makeUser } from "../../../infra/testing/make-user";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { closeDb } from "../../../src/core/platform/db/client";
import { query } from "../../support/database";

await useTestStack();

function operator(...args: string[]) {
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [join(ROOT, "node_modules/tsx/dist/cli.mjs"), join(ROOT, "infra/commands/operator.ts"), ...args],
    { env: process.env, encoding: "utf8" },
  );
  return { status, said: stdout + stderr };
}

it("npm run operator grants and revokes, says what it did, and refuses an unknown account", async () => {
  const email = "grace@example.com";
  const { user } = (await makeUser({ email, name: "Grace" })).view;
  await closeDb();
  expect(operator("grant", email)).toEqual({ status: 1, said: "This email is not verified yet.\n" });
  await query("UPDATE users SET email_verified_at = now()");
  expect(operator("grant", "GRACE@example.com")).toMatchObject({
    status: 0,
    said: `${user.id} is an operator within five seconds.\n`,
  });
  expect(await query("SELECT role FROM users")).toEqual([{ role: "operator" }]);
  expect(operator("revoke", email)).toMatchObject({ status: 0 });
  expect(await query("SELECT role FROM users")).toEqual([{ role: "user" }]);
  expect(
    await query("SELECT action, actor_type FROM audit_logs WHERE org_id IS NULL ORDER BY sequence"),
  ).toEqual([
    { action: "operator.granted", actor_type: "operator" },
    { action: "operator.revoked", actor_type: "operator" },
  ]);
  expect(operator("promote", email)).toMatchObject({ status: 2, said: expect.stringContaining("Usage") });
}, 240_000);
