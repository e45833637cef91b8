import { describe, expect, it } from "vitest";
import { DAY, newId } from "../../platform";
import { db } from "../../platform/db/client";
import { dropExpiredPartitions, maintainPartitions } from "../../platform/db/partitions";
import { evidenceStorage } from "../../platform/storage";
import {
  listAuditChains,
  newestHeadsAt,
  readAllHeads,
  recordPruning,
  verifyAuditChain,
  writeHeads,
} from "..";
import { auditLogs } from "../partitions";
import { appendEntries, statementsOf } from "../record/append-entries";
import { prepareEntry } from "../record/entry";
import { append, cutBack, entry, now, owner, served, verify, writeOff } from "./testing/chains";

describe("heads off the database", () => {
  it("agree with a chain that nobody touched, and with what is appended after them", async () => {
    const orgId = await append(newId(), 5);
    expect((await writeOff()).broken).toEqual([]);
    await append(orgId, 3);
    await writeOff();
    await append(orgId, 1);
    expect(await verify(orgId)).toMatchObject({ rows: 9, proofs: 2, fault: undefined });
  });

  it("uncover an end that was cut off with its head put back", async () => {
    const orgId = await append(newId(), 10);
    await writeOff();
    await cutBack(orgId, 7);
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
    expect((await verify(orgId)).fault).toMatchObject({ kind: "truncated", sequence: 8n });
    expect((await writeOff()).broken).toContain(orgId);
  });

  it("uncover it also when the chain has grown past them since", async () => {
    const orgId = await append(newId(), 10);
    await writeOff();
    await cutBack(orgId, 7);
    await append(orgId, 6);
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
    expect((await verify(orgId)).fault).toMatchObject({ kind: "replaced", sequence: 10n });
    expect((await writeOff()).broken).toContain(orgId);
    // Neither the next hours nor the next day's full document make it good.
    expect((await writeOff(DAY)).broken).toContain(orgId);
    expect((await writeOff(DAY)).broken).toContain(orgId);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "replaced", sequence: 10n });
  });

  it("uncover that a whole chain is gone, and that there was one", async () => {
    const orgId = await append(newId(), 4);
    await writeOff();
    await owner.query("DELETE FROM audit_logs WHERE org_id = $1", [orgId]);
    await owner.query("DELETE FROM audit_chains WHERE chain_id = $1", [orgId]);
    const { documents } = await readAllHeads(evidenceStorage());
    expect(await listAuditChains(db(), documents)).toContain(orgId);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "truncated", sequence: 1n });
    expect((await writeOff()).broken).toContain(orgId);
  });

  it("uncover a chain that was begun anew", async () => {
    const orgId = await append(newId(), 4);
    await writeOff();
    await cutBack(orgId, 0);
    await append(orgId, 8);
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
    expect((await verify(orgId)).fault).toMatchObject({ kind: "replaced", sequence: 4n });
  });

  it("are ignored when they were not signed by us, or were changed", async () => {
    const orgId = await append(newId(), 2);
    const { key } = await writeOff();
    const text = new TextDecoder().decode((await evidenceStorage().get(key))?.body);
    await evidenceStorage().put(key, text.replace(orgId, newId()), { contentType: "application/json" });
    const { foreign } = await readAllHeads(evidenceStorage());
    expect(foreign).toEqual([key]);
    expect((await readAllHeads(evidenceStorage(), new Uint8Array(32))).documents).toEqual([]);
    await evidenceStorage().put(key, text, { contentType: "application/json" });
  });

  it("say when they were last written, and name the day's first as full and the rest by what moved", async () => {
    const quiet = await append(newId(), 1);
    await writeOff();
    const moved = await append(newId(), 1);
    const { full, key } = await writeOff();
    expect(full).toBe(false);
    const text = new TextDecoder().decode((await evidenceStorage().get(key))?.body);
    expect(text).toContain(moved);
    expect(text).not.toContain(quiet);
    expect(await newestHeadsAt(evidenceStorage(), new Date(now))).toEqual(new Date(now));
    expect(await newestHeadsAt({ list: async () => [] }, new Date())).toBeUndefined();
  });

  it("are said to be unlocked where the bucket cannot lock them, and locked for seven years where it can", async () => {
    expect((await writeOff()).locked).toBe(false);
    const puts: (Date | undefined)[] = [];
    const locking = {
      ...evidenceStorage(),
      locksObjects: async () => true,
      put: async (_key: string, _body: unknown, { lockedUntil }: { lockedUntil?: Date | undefined }) => {
        puts.push(lockedUntil);
      },
    };
    expect((await writeHeads(db(), locking)).locked).toBe(true);
    expect(puts[0]?.getTime()).toBeGreaterThan(Date.now() + 7 * 365 * DAY);
  });
});

describe("the record of pruned rows", () => {
  const old = new Date("2019-06-05T12:00:00Z");
  const prune = () => dropExpiredPartitions(db(), [auditLogs]);

  /** Six rows, of which those at `places` are more than seven years old. */
  async function chainWithOldRows(places: number[]): Promise<string> {
    const orgId = newId();
    await maintainPartitions(db(), [auditLogs], { now: () => old });
    const prepared = Array.from({ length: 6 }, () => prepareEntry(entry(orgId)));
    for (const place of places) {
      const one = prepared[place - 1];
      if (one === undefined) throw new Error("no such row");
      one.id = newId(old);
      one.createdAt = old;
    }
    await db().$transaction((tx) => appendEntries(statementsOf(tx), prepared));
    return orgId;
  }

  it("names the rows that stayed behind, and each of them must stand", async () => {
    const orgId = await chainWithOldRows([1, 2, 4]);
    await prune();
    expect(await verify(orgId)).toMatchObject({ rows: 3, fault: undefined });
    await owner.query("DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 3", [orgId]);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "removed", sequence: 3n });
  });

  it("names the last row that went, and the next must continue it", async () => {
    const orgId = await chainWithOldRows([1, 2, 3]);
    await prune();
    expect((await verify(orgId)).fault).toBeUndefined();
    await owner.query("DELETE FROM audit_prunings WHERE chain_id = $1", [orgId]);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "removed", sequence: 1n });
  });

  it("is refused when somebody else wrote it", async () => {
    const orgId = await append(newId(), 6);
    await owner.query(
      `INSERT INTO audit_prunings SELECT $1::text, sequence, hash, '{}', 'audit_logs_2019_w23', now(), sha256('forged')
       FROM audit_logs WHERE org_id = $1::text::uuid AND sequence = 3`,
      [orgId],
    );
    await owner.query("DELETE FROM audit_logs WHERE org_id = $1 AND sequence <= 3", [orgId]);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "pruning", sequence: 3n });
  });

  it("is refused when it was taken from another chain, or made to reach further", async () => {
    const genuine = await chainWithOldRows([1, 2, 3]);
    await prune();
    const orgId = await append(newId(), 6);
    await owner.query(
      "INSERT INTO audit_prunings SELECT $2, up_to, last_hash, remaining, partition, pruned_at, signature FROM audit_prunings WHERE chain_id = $1",
      [genuine, orgId],
    );
    expect((await verify(orgId)).fault).toMatchObject({ kind: "pruning" });
    await owner.query("UPDATE audit_prunings SET up_to = 5 WHERE chain_id = $1", [genuine]);
    expect((await verify(genuine)).fault).toMatchObject({ kind: "pruning", sequence: 5n });
  });

  it("is refused for rows that heads off the database show to have been too young", async () => {
    const orgId = await append(newId(), 2);
    await writeOff();
    await append(orgId, 4);
    const week = await owner.query(
      "SELECT tableoid::regclass::text AS name FROM audit_logs WHERE org_id = $1 LIMIT 1",
      [orgId],
    );
    // Signed, as a process that was made to prune too early would have.
    await db().$transaction((tx) => recordPruning(tx, week.rows[0].name.replace("partitions.", "")));
    await owner.query("DELETE FROM audit_logs WHERE org_id = $1", [orgId]);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "pruning", sequence: 6n });
  });
});

describe("the runtime role", () => {
  it.each([
    "UPDATE audit_logs SET action = 'x'",
    "DELETE FROM audit_logs",
    "TRUNCATE audit_logs",
    "DROP TABLE audit_logs",
    "ALTER TABLE audit_logs DISABLE TRIGGER ALL",
    "INSERT INTO audit_logs (id, created_at, sequence, actor_type, action, prev_hash, hash) VALUES (gen_random_uuid(), now(), 1, 'user', 'x', '', '')",
    "UPDATE audit_chains SET sequence = 0",
    "DELETE FROM audit_chains",
    "TRUNCATE audit_chains",
    "UPDATE audit_prunings SET up_to = 1",
    "DELETE FROM audit_prunings",
    "UPDATE usage_ledger SET cost_micros = 0",
    "DELETE FROM usage_ledger",
    "TRUNCATE usage_ledger",
    "SET session_replication_role = replica",
    "SET ROLE postgres",
    "CREATE TABLE public.mine (id int)",
    "DELETE FROM _prisma_migrations",
    "SELECT partitions.drop_expired('audit_logs', (SELECT max(relname) FROM pg_class WHERE relname LIKE 'audit_logs_2%_w__'), 'infinity')",
    "CREATE OR REPLACE FUNCTION audit_append(entries json) RETURNS int LANGUAGE sql AS 'SELECT 1'",
  ])("cannot do this: %s", async (statement) => {
    await expect(served.query(statement)).rejects.toThrow(
      /permission denied|must be owner|does not exist|is no expired partition|must be able to SET ROLE/,
    );
  });

  it("cannot change a partition directly", async () => {
    await append(newId(), 1);
    const { rows } = await owner.query("SELECT DISTINCT tableoid::regclass::text AS name FROM audit_logs");
    for (const { name } of rows) {
      await expect(served.query(`DELETE FROM ${name}`)).rejects.toThrow("permission denied");
      await expect(served.query(`DROP TABLE ${name}`)).rejects.toThrow("must be owner");
    }
  });

  it("can append only entries that continue a chain", async () => {
    const orgId = await append(newId(), 3);
    const { rows } = await owner.query(
      "SELECT *, encode(prev_hash, 'base64') AS prev, encode(hash, 'base64') AS own FROM audit_logs WHERE org_id = $1 AND sequence = 2",
      [orgId],
    );
    const copy = (change: object) =>
      served.query("SELECT audit_append($1::json)", [
        JSON.stringify([{ ...rows[0], id: newId(), prev_hash: rows[0].prev, hash: rows[0].own, ...change }]),
      ]);
    await expect(copy({})).rejects.toThrow("must continue their chain");
    await expect(copy({ sequence: 4 })).rejects.toThrow("must continue their chain");
    await expect(copy({ sequence: 1, org_id: newId() })).rejects.toThrow("must continue their chain");
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
  });

  it("cannot drop an expired week whose rows were not recorded as pruned", async () => {
    const old = new Date("2018-06-05T12:00:00Z");
    await maintainPartitions(db(), [auditLogs], { now: () => old });
    const prepared = prepareEntry(entry(newId()));
    await db().$transaction((tx) =>
      appendEntries(statementsOf(tx), [{ ...prepared, id: newId(old), createdAt: old }]),
    );
    await expect(
      served.query("SELECT partitions.drop_expired('audit_logs', 'audit_logs_2018_w23', now())"),
    ).rejects.toThrow("was not noted");
  });
});
