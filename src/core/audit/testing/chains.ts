import pg from "pg";
import { afterAll, beforeAll } from "vitest";
import { useTestStack } from "../../../../infra/testing/use-test-stack";
import { newId } from "../../platform";
import { closeDb, db } from "../../platform/db/client";
import { type AuditEntry, flushAudit, recordAuditIn } from "..";

/** Chains of the audit log, and an intruder who can write to the database past its triggers. */

export const { databaseUrl } = await useTestStack();
/** One who can write to the tables past every trigger. */
export const intruder = new pg.Client({ connectionString: databaseUrl });

beforeAll(async () => {
  await intruder.connect();
  await intruder.query("SET session_replication_role = replica");
});

afterAll(async () => {
  await flushAudit();
  await intruder.end();
  await closeDb();
});

export const entry = (orgId: string | null, details: AuditEntry["details"] = {}): AuditEntry => ({
  orgId,
  actor: { type: "user", id: newId() },
  action: "key.created",
  target: { type: "key", id: newId() },
  details,
});

export async function chainOf(length: number, orgId = newId()): Promise<string> {
  const entries = Array.from({ length }, (_, n) => entry(orgId, { n, half: n / 2, text: "ä\u2028" }));
  await db().$transaction((tx) => recordAuditIn(tx, ...entries), { timeout: 30_000 });
  return orgId;
}

export async function rowAt(orgId: string, sequence: number): Promise<{ id: string }> {
  const { rows } = await intruder.query("SELECT id FROM audit_logs WHERE org_id = $1 AND sequence = $2", [
    orgId,
    sequence,
  ]);
  return rows[0];
}
