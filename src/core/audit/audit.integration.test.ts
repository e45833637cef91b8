import { describe, expect, it } from "vitest";
import { type Db, newId, toPublicId } from "../platform";
import { createDb, db } from "../platform/db/client";
import { dropExpiredPartitions, maintainPartitions } from "../platform/db/partitions";
import {
  type AuditAction,
  auditListSchema,
  auditStats,
  flushAudit,
  listAudit,
  listAuditChains,
  listAuditInputSchema,
  recordAudit,
  recordAuditIn,
  verifyAuditChain,
  writeAudit,
} from "./";
import { auditLogs } from "./partitions";
import { appendEntries, statementsOf } from "./record/append-entries";
import { prepareEntry } from "./record/entry";
import { chainOf, databaseUrl, entry, intruder, rowAt } from "./testing/chains";

describe("the chain", () => {
  it("verifies as intact when nobody touched it, page after page", async () => {
    const orgId = await chainOf(2_500);
    await chainOf(2_000, orgId);
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({
      rows: 4_500,
      head: { sequence: 4_500n },
      fault: undefined,
    });
  });

  const copyOf = (sequence: number, as: number) => `
    INSERT INTO audit_logs SELECT gen_random_uuid(), created_at, org_id, ${as}, actor_type, actor_id, action, target_type,
      target_id, trace_id, details, prev_hash, hash FROM audit_logs WHERE org_id = $1 AND sequence = ${sequence}`;

  it.each<[string, string, string, number]>([
    [
      "a changed detail",
      `UPDATE audit_logs SET details = '{"n":99}' WHERE org_id = $1 AND sequence = 4`,
      "changed",
      4,
    ],
    [
      "a changed action",
      "UPDATE audit_logs SET action = 'key.revoked' WHERE org_id = $1 AND sequence = 1",
      "changed",
      1,
    ],
    [
      "another actor",
      "UPDATE audit_logs SET actor_id = NULL WHERE org_id = $1 AND sequence = 10",
      "changed",
      10,
    ],
    [
      "a later time",
      "UPDATE audit_logs SET created_at = created_at + '1 ms' WHERE org_id = $1 AND sequence = 5",
      "changed",
      5,
    ],
    [
      "a hash made without the key",
      "UPDATE audit_logs SET action = 'x', hash = sha256('x') WHERE org_id = $1 AND sequence = 6",
      "changed",
      6,
    ],
    ["a row taken out", "DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 5", "removed", 5],
    ["the first row taken out", "DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 1", "removed", 1],
    [
      "rows closed up after one was taken out",
      "WITH gone AS (DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 5) UPDATE audit_logs SET sequence = sequence - 1 WHERE org_id = $1 AND sequence > 5",
      "reordered",
      5,
    ],
    ["a second row in one place", copyOf(5, 5), "inserted", 5],
    ["a row past the end", copyOf(10, 11), "inserted", 11],
    ["a row before the beginning", copyOf(1, 0), "inserted", 0],
    [
      "two rows that changed places",
      "UPDATE audit_logs SET sequence = 7 - sequence WHERE org_id = $1 AND sequence IN (3, 4)",
      "reordered",
      3,
    ],
    ["an end cut off", "DELETE FROM audit_logs WHERE org_id = $1 AND sequence > 8", "truncated", 9],
    ["every row gone", "DELETE FROM audit_logs WHERE org_id = $1", "truncated", 1],
    [
      "a head that is not the last row's",
      "UPDATE audit_chains SET hash = '\\x00' WHERE chain_id = $1::uuid::text",
      "head",
      10,
    ],
    ["a head put back", "UPDATE audit_chains SET sequence = 8 WHERE chain_id = $1::uuid::text", "head", 8],
    ["no head", "DELETE FROM audit_chains WHERE chain_id = $1::uuid::text", "head", 1],
  ])("names %s", async (_what, tamper, kind, sequence) => {
    const orgId = await chainOf(10);
    await intruder.query(tamper, [orgId]);
    const { fault } = await verifyAuditChain(db(), { orgId });
    expect(fault).toMatchObject({ kind, sequence: BigInt(sequence) });
    if (kind === "changed") {
      expect(fault?.id).toBe(toPublicId("aud", (await rowAt(orgId, sequence)).id));
    }
    // Repaired by nobody: out of the way of what follows.
    await intruder.query("DELETE FROM audit_logs WHERE org_id = $1", [orgId]);
    await intruder.query("DELETE FROM audit_chains WHERE chain_id = $1", [orgId]);
  });

  it("does not verify with another key", async () => {
    const orgId = await chainOf(2);
    const { fault } = await verifyAuditChain(db(), { orgId, secret: new Uint8Array(32) });
    expect(fault).toMatchObject({ kind: "changed", sequence: 1n });
  });

  it("stays whole when a week of it ends with its retention, and shows what is missing beyond that", async () => {
    const orgId = newId();
    const old = new Date("2019-06-05T12:00:00Z");
    await maintainPartitions(db(), [auditLogs], { now: () => old });
    const prepared = Array.from({ length: 6 }, () => prepareEntry(entry(orgId)));
    for (const one of prepared.slice(0, 3)) {
      one.id = newId(old);
      one.createdAt = old;
    }
    await db().$transaction((tx) => appendEntries(statementsOf(tx), prepared));
    expect((await verifyAuditChain(db(), { orgId })).fault).toBeUndefined();
    expect((await dropExpiredPartitions(db(), [auditLogs])).dropped).toContain("audit_logs_2019_w23");
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 3, fault: undefined });
    await intruder.query("DELETE FROM audit_logs WHERE org_id = $1 AND sequence = 4", [orgId]);
    expect((await verifyAuditChain(db(), { orgId })).fault).toMatchObject({ kind: "removed", sequence: 4n });
  });
});

describe("writers", () => {
  it("side by side keep every chain whole, without a gap and without a deadlock", async () => {
    const orgs = [newId(), newId(), null, newId()];
    const writers: Db[] = Array.from({ length: 3 }, () => createDb({ url: databaseUrl, poolMax: 3 }));
    const before = Number((await verifyAuditChain(db(), { orgId: null })).head.sequence);
    await Promise.all(
      writers.flatMap((writer, w) =>
        Array.from({ length: 20 }, async (_, round) => {
          // Every batch names the chains in another order.
          const turned = orgs.map((_, n) => orgs[(n + round + w) % orgs.length] ?? null);
          const batch = turned.flatMap((orgId) => [entry(orgId), entry(orgId)]).map(prepareEntry);
          await writer.$transaction((tx) => appendEntries(statementsOf(tx), batch), {
            maxWait: 20_000,
            timeout: 20_000,
          });
        }),
      ),
    );
    await Promise.all(writers.map((writer) => writer.$disconnect()));
    for (const orgId of orgs) {
      const rows = 3 * 20 * 2 + (orgId === null ? before : 0);
      expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows, fault: undefined });
    }
  });

  it("a batch that is tried again because its first answer was lost stands once", async () => {
    const orgId = newId();
    const batch = [entry(orgId), entry(orgId)].map(prepareEntry);
    const again = [...batch, prepareEntry(entry(orgId))];
    await db().$transaction((tx) => appendEntries(statementsOf(tx), batch));
    await db().$transaction((tx) => appendEntries(statementsOf(tx), again, { mayExist: true }));
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 3, fault: undefined });
  });

  it("an entry of a change that is rolled back is not there, and leaves no gap", async () => {
    const orgId = await chainOf(1);
    const failing = db().$transaction(async (tx) => {
      await recordAuditIn(tx, entry(orgId));
      throw new Error("the change failed");
    });
    await expect(failing).rejects.toThrow("the change failed");
    await chainOf(1, orgId);
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 2, fault: undefined });
  });

  it("an awaited entry stands when its caller goes on; a batched one after the flush", async () => {
    const orgId = newId();
    recordAudit(entry(orgId));
    await writeAudit(entry(orgId));
    recordAudit(entry(orgId));
    await flushAudit();
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 3, fault: undefined });
    expect(auditStats()).toMatchObject({ waiting: 0, spilled: 0 });
  });

  it("one entry that the database refuses is spilled alone; those around it are written", async () => {
    const orgId = newId();
    for (let n = 0; n < 20; n += 1) recordAudit(entry(orgId, { n }));
    recordAudit({ ...entry(orgId), target: { type: "key", id: "no uuid" } });
    for (let n = 0; n < 20; n += 1) recordAudit(entry(orgId, { n }));
    const { spilled } = auditStats();
    await flushAudit();
    expect(auditStats()).toMatchObject({ waiting: 0, spilled: spilled + 1 });
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 40, fault: undefined });
  });

  it("an entry that JSON cannot represent does not hold up the others", async () => {
    const orgId = newId();
    recordAudit(entry(orgId, { text: "a\u0000b\ud800", number: Number.NaN, gone: undefined }));
    await flushAudit();
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 1, fault: undefined });
  });

  it("keep what they have while the database is away, and write it when it is back", async () => {
    const orgId = newId();
    await intruder.query("ALTER TABLE audit_chains RENAME TO audit_chains_away");
    recordAudit(entry(orgId));
    await expect(writeAudit(entry(orgId))).rejects.toThrow();
    expect(auditStats().waiting).toBe(2);
    await intruder.query("ALTER TABLE audit_chains_away RENAME TO audit_chains");
    await flushAudit();
    expect(await verifyAuditChain(db(), { orgId })).toMatchObject({ rows: 2, fault: undefined });
  });

  it("spill into the log what the database does not take before the end", async () => {
    await intruder.query("ALTER TABLE audit_chains RENAME TO audit_chains_away");
    const { spilled } = auditStats();
    recordAudit(entry(newId()));
    await flushAudit({ withinMs: 300 });
    await intruder.query("ALTER TABLE audit_chains_away RENAME TO audit_chains");
    expect(auditStats()).toMatchObject({ waiting: 0, spilled: spilled + 1 });
  });
});

describe("the list", () => {
  const list = async (orgId: string, query: object = {}) =>
    auditListSchema.parse(
      await listAudit(db(), { orgId, environment: "all", ...listAuditInputSchema.parse(query) }),
    );

  it("pages through an organization's own entries, newest first, each once", async () => {
    const orgId = await chainOf(25);
    await chainOf(5);
    const seen: number[] = [];
    let cursor: string | undefined;
    do {
      const page = await list(orgId, { limit: 10, ...(cursor !== undefined && { cursor }) });
      seen.push(...page.data.map(({ sequence }) => sequence));
      cursor = page.next_cursor ?? undefined;
    } while (cursor !== undefined);
    expect(seen).toEqual(Array.from({ length: 25 }, (_, n) => 25 - n));
  });

  it("filters by action, actor and time, and leaves out the plain calls when asked", async () => {
    const orgId = newId();
    const actor = { type: "user", id: newId() } as const;
    const actions: AuditAction[] = ["key.created", "api.request", "auth.logged_in", "api.request"];
    await db().$transaction((tx) =>
      recordAuditIn(tx, ...actions.map((action) => ({ orgId, actor, action })), entry(orgId)),
    );
    const count = async (query: object) => (await list(orgId, query)).data.length;
    expect(await count({})).toBe(5);
    expect(await count({ requests: false })).toBe(3);
    expect(await count({ action: "api.request" })).toBe(2);
    expect(await count({ action: "key.created" })).toBe(2);
    expect(await count({ actor: toPublicId("usr", actor.id) })).toBe(4);
    expect(await count({ actor: toPublicId("key", actor.id), action: "key.created" })).toBe(1);
    expect(await count({ created_before: "2020-01-01T00:00:00Z" })).toBe(0);
    expect(await count({ created_after: "2020-01-01T00:00:00+01:00" })).toBe(5);
    await expect(list(orgId, { cursor: "nonsense" })).rejects.toMatchObject({ code: "invalid_cursor" });
  });
});

it("every chain verifies as intact", async () => {
  await flushAudit();
  for (const chain of await listAuditChains(db())) {
    const orgId = chain === "system" ? null : chain;
    const { fault } = await verifyAuditChain(db(), { orgId });
    // The chain that this file has broken on purpose is missing a row.
    if (fault !== undefined) expect(fault).toMatchObject({ kind: "removed", sequence: 4n });
  }
});
