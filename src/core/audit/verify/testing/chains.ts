import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { useTestStack } from "../../../../../infra/testing/use-test-stack";
import { newId } from "../../../platform";
import { closeDb, db } from "../../../platform/db/client";
import { evidenceStorage } from "../../../platform/storage";
import { readAllHeads, recordAuditIn, verifyAuditChain, writeHeads } from "../..";

/** Chains, and somebody who owns the database and changes them. */

const { databaseUrl, env } = await useTestStack();
/** The owner of the database, past every trigger. */
export const owner = new pg.Client({ connectionString: databaseUrl });
/** The role that serves. */
export const served = new pg.Client({ connectionString: env.DATABASE_URL });

beforeAll(async () => {
  await owner.connect();
  await owner.query("SET session_replication_role = replica");
  await served.connect();
});

afterAll(async () => {
  await owner.end();
  await served.end();
  evidenceStorage().close();
  await closeDb();
});

export const entry = (orgId: string | null) =>
  ({
    orgId,
    actor: { type: "user", id: newId() },
    action: "key.created",
    target: { type: "key", id: newId() },
  }) as const;

export async function append(orgId: string, length: number): Promise<string> {
  await db().$transaction((tx) => recordAuditIn(tx, ...Array.from({ length }, () => entry(orgId))));
  return orgId;
}

export let now = Date.now();
/** Each time a little later, so that no two documents have one name. */
export function writeOff(after = 1_000) {
  now += after;
  return writeHeads(db(), evidenceStorage(), { now: () => new Date(now) });
}

export async function verify(orgId: string) {
  const { documents: heads } = await readAllHeads(evidenceStorage());
  return verifyAuditChain(db(), { orgId, heads });
}

/** Rows and head changed together, as one who knows how the tables hang together would. */
export async function cutBack(orgId: string, to: number): Promise<void> {
  await owner.query("DELETE FROM audit_logs WHERE org_id = $1 AND sequence > $2", [orgId, to]);
  await owner.query(
    `UPDATE audit_chains SET sequence = $2,
       hash = coalesce((SELECT hash FROM audit_logs WHERE org_id = $1::uuid AND sequence = $2), '')
     WHERE chain_id = $1::text`,
    [orgId, to],
  );
}
