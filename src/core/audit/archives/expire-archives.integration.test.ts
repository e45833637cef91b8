import { expect, it } from "vitest";
import { placeHold, releaseHold } from "../../legal-holds";
import { newId, toPublicId } from "../../platform";
import { db } from "../../platform/db/client";
import { evidenceStorage } from "../../platform/storage";
import { createDataKey } from "../../privacy";
import { expireAuditArchives, moveAuditWeeks, verifyAuditChain } from "..";
import { append, keyCreated, madeAt, objectsOf, pastChain } from "../testing/past-log";
import { owner, served, verify, writeOff } from "../verify/testing/chains";

const archivesOf = (chainId: string) => db().auditArchive.count({ where: { chainId } });
/** Entries of 2018, and of 2023 behind them. */
async function longChain(week: number, { orgId = newId() }: { orgId?: string | null } = {}): Promise<string> {
  const chain = await pastChain(db(), { at: new Date(Date.UTC(2018, 0, 3 + 7 * week)), count: 3, orgId });
  await pastChain(db(), { at: new Date(Date.UTC(2023, 0, 4 + 7 * week)), count: 2, orgId });
  await append(db(), [madeAt(keyCreated(orgId), new Date())]);
  return chain;
}

it("objects go after seven years, and the chain begins where a signed note says that it was pruned", async () => {
  const orgId = await longChain(1);
  expect(await moveAuditWeeks(db())).toMatchObject({ failed: 0 });
  expect(await verify(orgId)).toMatchObject({ rows: 6, archived: 5, fault: undefined });
  expect(await expireAuditArchives(db())).toBe(1);
  expect(await expireAuditArchives(db())).toBe(0);
  expect(await objectsOf(orgId)).toHaveLength(1);
  await writeOff();
  expect(await verify(orgId)).toMatchObject({ rows: 3, archived: 2, fault: undefined });
  await owner.query("DELETE FROM audit_prunings WHERE chain_id = $1", [orgId]);
  expect((await verify(orgId)).fault).toMatchObject({ kind: "removed", sequence: 1n });
});

it("one that ends between note and objects ends them with its next run, and nothing is reported meanwhile", async () => {
  const orgId = await longChain(2);
  await moveAuditWeeks(db());
  const failing = { delete: () => Promise.reject(new Error("S3 is away")) };
  await expect(expireAuditArchives(db(), { store: failing })).rejects.toThrow("S3 is away");
  expect((await verify(orgId)).fault).toBeUndefined();
  const [key = ""] = await objectsOf(orgId);
  await evidenceStorage().delete(key);
  expect((await verify(orgId)).fault).toBeUndefined();
  expect(await expireAuditArchives(db())).toBe(1);
  expect(await archivesOf(orgId)).toBe(1);
  expect((await verify(orgId)).fault).toBeUndefined();
});

it("a hold keeps its organization's objects beyond seven years, and a person's those of the product's chain", async () => {
  const held = await longChain(3);
  const other = await longChain(3);
  await longChain(3, { orgId: null });
  const person = newId();
  await createDataKey(db(), { type: "org", id: held });
  await createDataKey(db(), { type: "user", id: person });
  await moveAuditWeeks(db());
  const subjects = [toPublicId("org", held), toPublicId("usr", person)];
  for (const subject of subjects)
    await placeHold(db(), { operatorId: newId(), input: { subject, reason: "Case 17 of the court" } });
  expect(await expireAuditArchives(db())).toBe(1);
  expect([await archivesOf(held), await archivesOf(other), await archivesOf("system")]).toEqual([2, 1, 2]);
  expect((await verify(held)).fault).toBeUndefined();
  // Not even whoever serves can take the note of one away.
  await expect(served.query("DELETE FROM audit_archives WHERE chain_id = $1", [held])).rejects.toThrow(
    "append-only",
  );
  for (const subject of subjects)
    await releaseHold(db(), { operatorId: newId(), input: { subject, reason: "The case is closed" } });
  expect(await expireAuditArchives(db())).toBe(2);
  expect([await archivesOf(held), await archivesOf("system")]).toEqual([1, 1]);
  expect(await verify(held)).toMatchObject({ rows: 3, archived: 2, fault: undefined });
  expect((await verifyAuditChain(db(), { orgId: null })).fault).toBeUndefined();
});

it("a note goes only with a pruning, and not before its week is seven years old", async () => {
  const orgId = await longChain(4);
  await moveAuditWeeks(db());
  for (const year of ["2018", "2023"])
    await expect(
      served.query("DELETE FROM audit_archives WHERE chain_id = $1 AND partition LIKE $2", [
        orgId,
        `audit_logs_${year}%`,
      ]),
    ).rejects.toThrow("append-only");
  expect(await archivesOf(orgId)).toBe(2);
});

it("a note that was changed is not made into a pruning of ours", async () => {
  const orgId = await longChain(5);
  await moveAuditWeeks(db());
  await owner.query("UPDATE audit_archives SET remaining = '{2}' WHERE chain_id = $1", [orgId]);
  await expect(expireAuditArchives(db())).rejects.toMatchObject({ fault: { kind: "archive" } });
  expect(await db().auditPruning.count({ where: { chainId: orgId } })).toBe(0);
  expect(await objectsOf(orgId)).toHaveLength(2);
});
