import { spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { join } from "node:path";
import pg from "pg";
import { afterAll, beforeAll, expect, it } from "vitest";
import { ROOT } from "../../../infra/commands/build";
import { useTestStack } from "../../../infra/testing/use-test-stack";
import { chainHash, moveAuditWeeks, recordAuditIn, writeHeads } from "../../../src/core/audit";
import { newId, timeOfId, toPublicId } from "../../../src/core/platform";
import { createDb } from "../../../src/core/platform/db/client";
import { evidenceStorage } from "../../../src/core/platform/storage";

const { databaseUrl } = await useTestStack();

function verify(...args: string[]) {
  return verifyWith({}, ...args);
}

function verifyWith(changes: Record<string, string>, ...args: string[]) {
  const tsx = join(ROOT, "node_modules/tsx/dist/cli.mjs");
  const { status, stdout, stderr } = spawnSync(
    process.execPath,
    [tsx, join(ROOT, "infra/commands/verify-audit.ts"), ...args],
    { env: { ...process.env, ...changes }, encoding: "utf8" },
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

/** Two entries of January 2024. */
async function pastChain(): Promise<string> {
  const orgId = newId();
  for (const table of ["audit_logs", "audit_calls"])
    await owner.query("SELECT partitions.ensure($1, 'week', '2024-01-03T12:00:00Z', 0)", [table]);
  let head = { sequence: 0n, hash: new Uint8Array() };
  for (const time of ["2024-01-03T12:00:00Z", "2024-01-03T12:00:01Z"]) {
    const id = newId(new Date(time));
    const row = {
      ...{
        id,
        createdAt: timeOfId(id),
        orgId,
        sequence: head.sequence + 1n,
        actorType: "system",
        actorId: null,
      },
      ...{ action: "key.created", targetType: null, targetId: null, traceId: null, details: {} },
      prevHash: head.hash,
    };
    head = { sequence: row.sequence, hash: chainHash(row) };
    await owner.query(
      `INSERT INTO audit_logs (id, created_at, org_id, sequence, actor_type, action, details, prev_hash, hash)
       VALUES ($1, $2, $3, $4, 'system', 'key.created', '{}', $5, $6)`,
      [id, row.createdAt, orgId, String(row.sequence), Buffer.from(row.prevHash), Buffer.from(head.hash)],
    );
  }
  await owner.query("INSERT INTO audit_chains (chain_id, sequence, hash) VALUES ($1, $2, $3)", [
    orgId,
    String(head.sequence),
    Buffer.from(head.hash),
  ]);
  return orgId;
}

it("npm run audit:verify reads entries older than 400 days from the archive, and names a missing object", async () => {
  const orgId = await pastChain();
  const db = createDb({ url: databaseUrl, poolMax: 1 });
  expect(await moveAuditWeeks(db)).toMatchObject({ failed: 0, rows: 2n });
  await db.$disconnect();
  await writeOff();
  const name = toPublicId("org", orgId);
  expect(verify("--org", name)).toMatchObject({
    status: 0,
    said: expect.stringContaining("2 rows (2 in the archive)"),
  });
  const [object = ""] = await evidenceStorage().list(`audit/archives/${orgId}/`);
  await evidenceStorage().delete(object);
  const { status, said } = verify("--org", name);
  expect(status).toBe(1);
  expect(said).toContain(
    `BROKEN  ${name}  archive at row 1: rows 1 to 2 are in ${object}: the object is missing`,
  );
}, 240_000);

it("after the derivation key was replaced, the command takes what was written before, and not without the earlier key", async () => {
  const orgId = await chainOfThree();
  await writeOff();
  const next = randomBytes(32).toString("base64");
  const earlier = process.env.DERIVATION_KEY || process.env.BLIND_INDEX_KEY || "";
  const name = toPublicId("org", orgId);
  const only = ["--org", name];
  expect(verifyWith({ DERIVATION_KEY: next, DERIVATION_KEY_PREVIOUS: earlier }, ...only)).toMatchObject({
    said: expect.stringContaining(`ok      ${name}  3 rows`),
  });
  const without = verifyWith({ DERIVATION_KEY: next, DERIVATION_KEY_PREVIOUS: "" }, ...only);
  expect(without).toMatchObject({ status: 1, said: expect.stringContaining("changed at row 1") });
});
