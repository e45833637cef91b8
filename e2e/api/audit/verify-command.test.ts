import { spawnSync } from "node:child_process";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../../../infra/commands/build";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { recordAuditIn, writeHeads } from "../../../src/core/audit";
import { newId, toPublicId } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";
import { evidenceStorage } from "../../../src/core/platform/storage";

const { databaseUrl } = await useTestStack();

function verify(...args: string[]) {
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, join(ROOT, "infra/commands/verify-audit.ts"), ...args],
    { env: process.env, encoding: "utf8" },
  );
  return { status, said: stdout + stderr };
}

const owner = new pg.Client({ connectionString: databaseUrl });
beforeAll(() => owner.connect());
afterAll(async () => {
  await owner.end();
  evidenceStorage().close();
});

async function chainOfThree(): Promise<string> {
  const orgId = newId();
  const db = createDb({ url: databaseUrl, poolMax: 1 });
  const entry = { orgId, actor: { type: "system", id: null }, action: "key.created" } as const;
  await db.$transaction((tx) => recordAuditIn(tx, entry, entry, entry));
  await db.$disconnect();
  return orgId;
}

async function writeOff(): Promise<void> {
  const db = createDb({ url: databaseUrl, poolMax: 1 });
  await writeHeads(db, evidenceStorage());
  await db.$disconnect();
}

it("npm run audit:verify reports intact chains, and for a bad row names the first and exits with 1", async () => {
  const [, broken, cut] = [await chainOfThree(), await chainOfThree(), await chainOfThree()];
  const unproven = verify();
  expect(unproven).toMatchObject({ status: 1, said: expect.stringContaining("UNPROVEN") });
  expect(verify("--without-heads")).toMatchObject({ status: 0 });
  await writeOff();
  expect(verify()).toMatchObject({ status: 0, said: expect.stringContaining("3 chains, 0 broken.") });

  await owner.query("SET session_replication_role = replica");
  const { rows } = await owner.query("SELECT id FROM audit_logs WHERE org_id = $1 AND sequence = 2", [
    broken,
  ]);
  await owner.query("UPDATE audit_logs SET action = 'key.revoked' WHERE org_id = $1 AND sequence = 2", [
    broken,
  ]);
  const name = toPublicId("org", broken);
  const { status, said } = verify("--org", name);
  expect(status).toBe(1);
  expect(said).toContain(`BROKEN  ${name}  changed at row 2 (${toPublicId("aud", rows[0].id)})`);

  // Rows and head changed together: inside the database nothing tells.
  await owner.query("DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 3", [cut]);
  await owner.query(
    "UPDATE audit_chains c SET sequence = 2, hash = a.hash FROM audit_logs a WHERE a.org_id = $1::text::uuid AND a.sequence = 2 AND c.chain_id = $1::text",
    [cut],
  );
  const cutName = toPublicId("org", cut);
  expect(verify("--org", cutName, "--without-heads")).toMatchObject({ status: 0 });
  const compared = verify("--org", cutName);
  expect(compared.status).toBe(1);
  expect(compared.said).toContain(`BROKEN  ${cutName}  truncated at row 3: row 3 is missing at the end`);
}, 240_000);
