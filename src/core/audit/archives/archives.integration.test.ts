import { describe, expect, it, test } from "vitest";
import { DAY, newId, SECOND } from "../../platform";
import { db } from "../../platform/db/client";
import { evidenceStorage } from "../../platform/storage";
import { createDataKey, destroyDataKey, fingerprint } from "../../privacy";
import { moveAuditWeeks, verifyAuditChain } from "..";
import {
  anotherWeek,
  append,
  keyCreated,
  madeAt,
  makeWeek,
  objectsOf,
  pastCalls,
  pastChain,
  rowsInTable,
} from "../testing/past-log";
import { owner, served, verify, writeOff } from "../verify/testing/chains";
import { objectOf } from "./objects/archive-object";

const type = { contentType: "application/octet-stream" };
const move = (options: Parameters<typeof moveAuditWeeks>[1] = {}) => moveAuditWeeks(db(), options);
const manifestsOf = (chainId: string) =>
  db().auditArchive.findMany({ where: { chainId }, orderBy: [{ partition: "asc" }, { part: "asc" }] });
const inPieces = { limits: { rows: 2, bytes: 1_000_000 } };

describe("weeks of the audit log that are older than 400 days", () => {
  it("leave the database, and are verified in their objects and on across the border", async () => {
    const orgId = newId();
    const at = anotherWeek();
    await makeWeek(db(), at);
    const entries = Array.from({ length: 9 }, (_, n) =>
      keyCreated(orgId, { n, half: n / 2, text: "ä\u2028" }),
    );
    // Rows are numbered when they are written and placed by when they were made: the fourth is of today.
    await append(
      db(),
      entries.map((entry, n) =>
        madeAt(entry, n < 6 && n !== 3 ? new Date(at.getTime() + n * SECOND) : new Date()),
      ),
    );
    await pastChain(db(), { at, count: 3, orgId: null });
    await writeOff();
    expect(await move()).toMatchObject({ failed: 0 });
    expect(await rowsInTable(db(), orgId)).toBe(4);
    expect(await objectsOf(orgId)).toHaveLength(1);
    expect(await verify(orgId)).toMatchObject({ rows: 9, archived: 5, proofs: 1, fault: undefined });
    expect((await verifyAuditChain(db(), { orgId: null })).fault).toBeUndefined();
    await writeOff();
    await append(db(), [madeAt(keyCreated(orgId), new Date())]);
    expect(await verify(orgId)).toMatchObject({ rows: 10, archived: 5, fault: undefined });
  });

  it("stay in the database until they are 400 days old, whole", async () => {
    const young = new Date(Date.now() - 399 * DAY);
    const orgId = await pastChain(db(), { at: young, count: 2 });
    await move();
    expect(await rowsInTable(db(), orgId)).toBe(2);
    const { rows } = await owner.query(
      "SELECT tableoid::regclass::text AS name FROM audit_logs WHERE org_id = $1",
      [orgId],
    );
    const name = rows[0].name.replace("partitions.", "");
    await expect(served.query("SELECT partitions.drop_archived('audit_logs', $1)", [name])).rejects.toThrow(
      "may be archived",
    );
  });

  it("are written once however often the job runs, and in as many objects as they need", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 5 });
    expect(await move(inPieces)).toMatchObject({ failed: 0, rows: 5n, objects: 3 });
    const before = await manifestsOf(orgId);
    expect(await move(inPieces)).toMatchObject({ weeks: 0, objects: 0, failed: 0 });
    expect(await manifestsOf(orgId)).toEqual(before);
    expect(
      before.map(({ part, firstSequence, lastSequence }) => [part, firstSequence, lastSequence]),
    ).toEqual([
      [1, 1n, 2n],
      [2, 3n, 4n],
      [3, 5n, 5n],
    ]);
    expect(await verify(orgId)).toMatchObject({ rows: 5, archived: 5, fault: undefined });
  });

  it("leave an entry in the product's own chain, of what was moved and by which notes", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 2 });
    await move();
    const [manifest] = await manifestsOf(orgId);
    const entry = await db().auditLog.findFirstOrThrow({
      where: {
        orgId: null,
        action: "data.audit_archived",
        details: { path: ["week"], equals: manifest?.partition ?? "" },
      },
    });
    expect(entry.details).toMatchObject({ objects: 1, rows: 2 });
    await owner.query("UPDATE audit_archives SET part = 7 WHERE id = $1", [manifest?.id]);
    expect((await verifyAuditChain(db(), { orgId: null })).fault).toBeUndefined();
    await owner.query("UPDATE audit_archives SET part = 1, signature = sha256('forged') WHERE id = $1", [
      manifest?.id,
    ]);
    expect((await verifyAuditChain(db(), { orgId: null })).fault).toMatchObject({
      kind: "archive",
      sequence: entry.sequence,
    });
    await owner.query("UPDATE audit_archives SET signature = $2 WHERE id = $1", [
      manifest?.id,
      manifest?.signature,
    ]);
  });

  it("take a quiet chain's head with them, which is then still known, and a rewritten one still found", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 3 });
    await writeOff();
    await move();
    expect(await rowsInTable(db(), orgId)).toBe(0);
    expect((await writeOff()).broken).not.toContain(orgId);
    expect((await writeOff(DAY)).broken).not.toContain(orgId);
    const [manifest] = await manifestsOf(orgId);
    await owner.query("UPDATE audit_archives SET last_hash = sha256('x') WHERE id = $1", [manifest?.id]);
    expect((await writeOff()).broken).toContain(orgId);
    await owner.query("UPDATE audit_archives SET last_hash = $2 WHERE id = $1", [
      manifest?.id,
      manifest?.lastHash,
    ]);
    expect((await writeOff()).broken).not.toContain(orgId);
  });

  it("stay where they are when they were tampered with, and the weeks behind them with them", async () => {
    const [first, second] = [anotherWeek(), anotherWeek()];
    const orgId = await pastChain(db(), { at: first, count: 3 });
    const later = await pastChain(db(), { at: second, count: 1 });
    await owner.query("UPDATE audit_logs SET action = 'key.revoked' WHERE org_id = $1 AND sequence = 2", [
      orgId,
    ]);
    expect(await move()).toMatchObject({ failed: 1 });
    expect(await rowsInTable(db(), orgId)).toBe(3);
    expect(await rowsInTable(db(), later)).toBe(1);
    expect((await verify(orgId)).fault).toMatchObject({ kind: "changed", sequence: 2n });
    await owner.query("UPDATE audit_logs SET action = 'key.created' WHERE org_id = $1 AND sequence = 2", [
      orgId,
    ]);
    expect(await move()).toMatchObject({ failed: 0 });
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  test("calls go before the entries of their batches, and are checked against their leaves in their objects", async () => {
    const at = anotherWeek();
    const orgId = await pastChain(db(), { at, count: 1 });
    const calls = await pastCalls(db(), { at, orgId, count: 5 });
    await expect(
      served.query(
        "SELECT partitions.drop_archived('audit_logs', name) FROM partitions.archivable('audit_logs')",
      ),
    ).rejects.toThrow("calls of");
    expect(await move(inPieces)).toMatchObject({ failed: 0 });
    expect(await db().auditCall.count({ where: { orgId } })).toBe(0);
    expect(await verify(orgId)).toMatchObject({ rows: 2, archived: 2, fault: undefined });
    const manifest = (await manifestsOf(orgId)).find(
      ({ source, part }) => source === "audit_calls" && part === 2,
    );
    if (manifest === undefined) throw new Error("no object of calls");
    const object = await evidenceStorage().get(objectOf(manifest));
    await evidenceStorage().delete(objectOf(manifest));
    expect((await verify(orgId)).fault).toMatchObject({ kind: "archive" });
    await evidenceStorage().put(objectOf(manifest), object?.body ?? "", type);
    // A note taken away with its object: the leaves know of the calls.
    await owner.query("DELETE FROM audit_archives WHERE id = $1", [manifest.id]);
    const { fault } = await verify(orgId);
    expect(fault).toMatchObject({ kind: "removed", sequence: 2n });
    expect(calls).toHaveLength(5);
  });

  it("stay verifiable when their organization is erased, and tell nobody whose address it was", async () => {
    const orgId = newId();
    const at = anotherWeek();
    await makeWeek(db(), at);
    await createDataKey(db(), { type: "org", id: orgId });
    const subject = { type: "org", id: orgId } as const;
    const addressOf = async () =>
      Buffer.from(await fingerprint(db(), subject, "address", "192.0.2.7")).toString("base64url");
    const address = await addressOf();
    await append(db(), [madeAt(keyCreated(orgId, { address }), at)]);
    await move();
    await destroyDataKey(db(), subject);
    expect(await verify(orgId)).toMatchObject({ rows: 1, archived: 1, fault: undefined });
    await expect(addressOf()).rejects.toThrow();
    const [manifest] = await manifestsOf(orgId);
    const stored = manifest && (await evidenceStorage().get(objectOf(manifest)));
    expect(Buffer.from(stored?.body ?? "").includes(address)).toBe(false);
  });
});

describe("a move that is interrupted", () => {
  it("between the objects and the rows' end leaves the log in the database alone, and goes on from there", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 5 });
    const stop = new AbortController();
    let puts = 0;
    const store = {
      ...evidenceStorage(),
      put: async (...given: Parameters<ReturnType<typeof evidenceStorage>["put"]>) => {
        await evidenceStorage().put(...given);
        puts += 1;
        if (puts === 2) stop.abort();
      },
    };
    await move({ ...inPieces, store, signal: stop.signal });
    expect(await manifestsOf(orgId)).toHaveLength(2);
    expect(await rowsInTable(db(), orgId)).toBe(5);
    expect(await verify(orgId)).toMatchObject({ rows: 5, archived: 0, fault: undefined });
    expect(await move({ ...inPieces, store })).toMatchObject({ failed: 0, rows: 5n });
    expect(puts).toBe(3);
    expect(await verify(orgId)).toMatchObject({ rows: 5, archived: 5, fault: undefined });
  });

  it("before an object could be read back drops nothing, and writes it over", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 2 });
    const store = { ...evidenceStorage(), get: async () => undefined };
    expect(await move({ store })).toMatchObject({ failed: 1 });
    expect(await manifestsOf(orgId)).toEqual([]);
    expect(await rowsInTable(db(), orgId)).toBe(2);
    expect(await objectsOf(orgId)).toHaveLength(1);
    expect(await move()).toMatchObject({ failed: 0 });
    expect(await objectsOf(orgId)).toHaveLength(1);
    expect((await verify(orgId)).fault).toBeUndefined();
  });

  it("drops nothing when an object that was noted before is gone meanwhile", async () => {
    const orgId = await pastChain(db(), { at: anotherWeek(), count: 4 });
    const stop = new AbortController();
    const store = {
      ...evidenceStorage(),
      put: async (...given: Parameters<ReturnType<typeof evidenceStorage>["put"]>) => {
        await evidenceStorage().put(...given);
        stop.abort();
      },
    };
    await move({ ...inPieces, store, signal: stop.signal });
    const [key = ""] = await objectsOf(orgId);
    const object = await evidenceStorage().get(key);
    await evidenceStorage().delete(key);
    expect(await move(inPieces)).toMatchObject({ failed: 1 });
    expect(await rowsInTable(db(), orgId)).toBe(4);
    await evidenceStorage().put(key, object?.body ?? "", type);
    expect(await move(inPieces)).toMatchObject({ failed: 0 });
  });
});
