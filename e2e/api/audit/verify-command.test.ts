import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { expect, it } from "vitest";
import { ROOT } from "../../../infra/build";
import { useTestStack } from "../../../infra/local/testing/use-test-stack";
import { recordAuditIn } from "../../../src/core/audit";
import { createDb } from "../../../src/core/platform/db";
import { newId, toPublicId } from "../../../src/core/platform/ids";
import { query } from "../support/database";

const { databaseUrl } = await useTestStack();

function verify(...args: string[]) {
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, join(ROOT, "infra/verify-audit.ts"), ...args],
    { env: process.env, encoding: "utf8" },
  );
  return { status, said: stdout + stderr };
}

it("npm run audit:verify says that all is well, names the first bad row, and exits with 1 for it", async () => {
  const [sound, broken] = [newId(), newId()];
  const db = createDb({ url: databaseUrl, poolMax: 1 });
  for (const orgId of [sound, broken]) {
    const entry = { orgId, actor: { type: "system", id: null }, action: "key.created" } as const;
    await db.$transaction((tx) => recordAuditIn(tx, entry, entry, entry));
  }
  await db.$disconnect();
  expect(verify()).toMatchObject({ status: 0, said: expect.stringContaining("2 chains, 0 broken.") });
  const [row] = await query<{ id: string }>("SELECT id FROM audit_logs WHERE org_id = $1 AND sequence = 2", [
    broken,
  ]);
  await query("ALTER TABLE audit_logs DISABLE TRIGGER audit_logs_append_only");
  await query("UPDATE audit_logs SET action = 'key.revoked' WHERE org_id = $1 AND sequence = 2", [broken]);
  const name = toPublicId("org", broken);
  const { status, said } = verify("--org", name);
  expect(status).toBe(1);
  expect(said).toContain(`BROKEN  ${name}  changed at row 2 (${toPublicId("aud", row?.id ?? "")})`);
}, 120_000);
